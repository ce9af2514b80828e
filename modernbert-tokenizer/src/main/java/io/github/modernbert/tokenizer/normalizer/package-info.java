/** Normalizers: text in, text out, alignment kept. */
@NullMarked
package io.github.modernbert.tokenizer.normalizer;

import org.jspecify.annotations.NullMarked;
