/**
 * The base of all readers of a model's files: opening them, JSON, and the exception that says what
 * is wrong with one, and where.
 */
@NullMarked
package io.github.modernbert.files;

import org.jspecify.annotations.NullMarked;
