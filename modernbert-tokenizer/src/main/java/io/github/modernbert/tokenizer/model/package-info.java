/** Models: they turn the pieces of a text into tokens. */
@NullMarked
package io.github.modernbert.tokenizer.model;

import org.jspecify.annotations.NullMarked;
