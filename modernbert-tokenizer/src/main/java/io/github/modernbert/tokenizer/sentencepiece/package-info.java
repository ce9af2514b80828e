/** Model files of SentencePiece, converted as the reference converts them. */
@NullMarked
package io.github.modernbert.tokenizer.sentencepiece;

import org.jspecify.annotations.NullMarked;
