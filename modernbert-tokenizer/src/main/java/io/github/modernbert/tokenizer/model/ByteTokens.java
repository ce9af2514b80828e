package io.github.modernbert.tokenizer.model;

import java.util.Arrays;

/** The tokens {@code <0x00>} to {@code <0xFF>} for the bytes of characters that have no token. */
final class ByteTokens {
  private ByteTokens() {}

  /** The id of each byte's token, {@link Vocabulary#NONE} where the vocabulary lacks it. */
  static int[] ids(Vocabulary vocabulary) {
    var ids = new int[256];
    Arrays.setAll(ids, value -> vocabulary.id("<0x%02X>".formatted(value)));
    return ids;
  }
}
