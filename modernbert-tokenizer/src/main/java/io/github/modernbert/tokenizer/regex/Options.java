package io.github.modernbert.tokenizer.regex;

/**
 * The options that hold at a place of a pattern.
 *
 * @param ignoreCase {@code i}
 * @param dotMatchesNewline {@code m}
 * @param extended {@code x}: white space and comments do not count
 */
record Options(boolean ignoreCase, boolean dotMatchesNewline, boolean extended) {
  static final Options NONE = new Options(false, false, false);

  /** These options with one letter switched. */
  Options with(int letter, boolean on) {
    return switch (letter) {
      case 'i' -> new Options(on, dotMatchesNewline, extended);
      case 'm' -> new Options(ignoreCase, on, extended);
      case 'x' -> new Options(ignoreCase, dotMatchesNewline, on);
      default -> throw new IllegalArgumentException("no option " + (char) letter);
    };
  }
}
