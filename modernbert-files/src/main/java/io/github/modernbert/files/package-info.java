/**
 * What all readers of a model's files share: {@link io.github.modernbert.files.ModelFileException},
 * which says what is wrong with one, and where.
 */
@NullMarked
package io.github.modernbert.files;

import org.jspecify.annotations.NullMarked;
