/** Pre-tokenizers: they cut a normalized text into the pieces that the model sees. */
@NullMarked
package io.github.modernbert.tokenizer.pretokenizer;

import org.jspecify.annotations.NullMarked;
