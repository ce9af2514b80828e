/**
 * Tokenizers as {@code tokenizer.json} describes them, with the same results as the {@code
 * tokenizers} library of Hugging Face. {@link io.github.modernbert.tokenizer.Tokenizer} is where to
 * begin.
 */
@NullMarked
package io.github.modernbert.tokenizer;

import org.jspecify.annotations.NullMarked;
