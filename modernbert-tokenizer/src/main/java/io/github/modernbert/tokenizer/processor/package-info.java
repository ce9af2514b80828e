/** Post-processors: special tokens, type ids, trimmed offsets; truncation and padding. */
@NullMarked
package io.github.modernbert.tokenizer.processor;

import org.jspecify.annotations.NullMarked;
