package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.text.Utf8;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The ids of the tokens that are one character between a fixed prefix and suffix. */
final class CharacterIds {
  /** The value for characters without a token. */
  static final int NONE = Vocabulary.NONE;

  /** The UTF-8 of a character. */
  private static final int MAX_BYTES = 4;

  private final int[] small = new int[0x180];
  private final Map<Integer, Integer> large = new HashMap<>();

  CharacterIds(Vocabulary vocabulary, String prefix, String suffix) {
    Arrays.fill(small, NONE);
    int affixes = prefix.length() + suffix.length();
    int mostBytes = Utf8.length(prefix) + MAX_BYTES + Utf8.length(suffix);
    vocabulary.forEachUpTo(
        mostBytes,
        (token, id) -> {
          int units = token.length() - affixes;
          if (units == 1 || units == 2) {
            int codePoint = token.codePointAt(prefix.length());
            if (Character.charCount(codePoint) == units
                && token.startsWith(prefix)
                && token.endsWith(suffix)) {
              put(codePoint, id);
            }
          }
        });
  }

  private void put(int codePoint, int id) {
    if (codePoint < small.length) {
      small[codePoint] = id;
    } else {
      large.put(codePoint, id);
    }
  }

  /** The id of a character's token, or {@link #NONE}. */
  int get(int codePoint) {
    return codePoint < small.length ? small[codePoint] : large.getOrDefault(codePoint, NONE);
  }
}
