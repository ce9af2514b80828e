package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/** The pairs of code points that compose to one. */
final class Compositions {
  /** The pairs, {@code first << 32 | second}, ascending. */
  private static final long[] PAIRS;

  private static final int[] COMPOSED;

  /** The second code points of the pairs, Hangul included. */
  static final CodePointSet SECONDS;

  /** The code points that some pair composes to, without Hangul. */
  static final CodePointSet RESULTS;

  /** The smallest second code point of a pair. */
  private static final int FIRST_SECOND;

  static {
    var entries = Decompositions.section("compositions");
    PAIRS = new long[entries.size()];
    COMPOSED = new int[entries.size()];
    int[] seconds = new int[entries.size()];
    for (int i = 0; i < PAIRS.length; i++) {
      int[] pair = Tables.codePoints(Tables.value(entries.get(i)));
      PAIRS[i] = (long) pair[0] << 32 | pair[1];
      COMPOSED[i] = Integer.parseInt(Tables.key(entries.get(i)), 16);
      seconds[i] = pair[1];
    }
    SECONDS =
        CodePointSet.of(seconds)
            .union(CodePointSet.range(Hangul.VOWELS, Hangul.VOWELS + Hangul.VOWEL_COUNT - 1))
            .union(
                CodePointSet.range(
                    Hangul.TRAILING + 1, Hangul.TRAILING + Hangul.TRAILING_COUNT - 1));
    RESULTS = CodePointSet.of(COMPOSED);
    FIRST_SECOND = SECONDS.first(0);
  }

  private Compositions() {}

  /** The code point that {@code first} and {@code second} compose to, or −1. */
  static int compose(int first, int second) {
    if (second < FIRST_SECOND) {
      return -1;
    }
    int hangul = Hangul.compose(first, second);
    if (hangul >= 0) {
      return hangul;
    }
    int at = Arrays.binarySearch(PAIRS, (long) first << 32 | second);
    return at < 0 ? -1 : COMPOSED[at];
  }
}
