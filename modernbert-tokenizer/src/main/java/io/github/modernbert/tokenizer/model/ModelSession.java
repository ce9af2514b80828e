package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.pretokenizer.Part;
import io.github.modernbert.tokenizer.text.ByteAlphabet;
import io.github.modernbert.tokenizer.text.NormalizedString;

/** Tokenizes one text. Belongs to one call. */
public interface ModelSession {
  /** Appends the tokens of a word, which is not empty. */
  void characters(NormalizedString string, int from, int to);

  /**
   * Appends the tokens of the bytes of a word, as {@link #characters} would those of its spelling
   * in the {@link ByteAlphabet}; false if it cannot without that spelling, and has done nothing.
   */
  default boolean bytes(NormalizedString string, int from, int to) {
    return false;
  }

  /** Appends the tokens of all pieces of a part, each a word. */
  default void tokenize(Part part, TokenBuffer out) {
    NormalizedString string = part.string();
    for (int i = 0; i < part.pieces(); i++) {
      out.nextWord();
      if (!part.bytes()) {
        characters(string, part.start(i), part.end(i));
      } else if (!bytes(string, part.start(i), part.end(i))) {
        NormalizedString piece = ByteAlphabet.apply(part.piece(i));
        characters(piece, 0, piece.length());
      }
    }
  }
}
