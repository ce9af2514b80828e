/** Decoders: tokens back to text. */
@NullMarked
package io.github.modernbert.tokenizer.decoder;

import org.jspecify.annotations.NullMarked;
