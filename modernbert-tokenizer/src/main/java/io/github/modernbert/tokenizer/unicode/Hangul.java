package io.github.modernbert.tokenizer.unicode;

/** The arithmetic of Hangul syllables (Unicode Standard, section 3.12). */
final class Hangul {
  static final int SYLLABLES = 0xAC00;
  static final int LEADING = 0x1100;
  static final int VOWELS = 0x1161;

  /** One before the first trailing consonant: no consonant is number 0. */
  static final int TRAILING = 0x11A7;

  static final int LEADING_COUNT = 19;
  static final int VOWEL_COUNT = 21;
  static final int TRAILING_COUNT = 28;
  static final int SYLLABLE_COUNT = LEADING_COUNT * VOWEL_COUNT * TRAILING_COUNT;

  private Hangul() {}

  static boolean isSyllable(int codePoint) {
    return codePoint >= SYLLABLES && codePoint < SYLLABLES + SYLLABLE_COUNT;
  }

  static int leading(int syllable) {
    return LEADING + (syllable - SYLLABLES) / (VOWEL_COUNT * TRAILING_COUNT);
  }

  static int vowel(int syllable) {
    return VOWELS + (syllable - SYLLABLES) / TRAILING_COUNT % VOWEL_COUNT;
  }

  /** The trailing consonant, or {@link #TRAILING} when there is none. */
  static int trailing(int syllable) {
    return TRAILING + (syllable - SYLLABLES) % TRAILING_COUNT;
  }

  /** The syllable that {@code a} and {@code b} compose to, or −1. */
  static int compose(int a, int b) {
    if (a >= LEADING && a < LEADING + LEADING_COUNT && b >= VOWELS && b < VOWELS + VOWEL_COUNT) {
      return SYLLABLES + ((a - LEADING) * VOWEL_COUNT + (b - VOWELS)) * TRAILING_COUNT;
    }
    if (isSyllable(a) && trailing(a) == TRAILING && b > TRAILING && b < TRAILING + TRAILING_COUNT) {
      return a + b - TRAILING;
    }
    return -1;
  }
}
