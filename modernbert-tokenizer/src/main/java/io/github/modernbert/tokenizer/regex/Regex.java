package io.github.modernbert.tokenizer.regex;

/** A compiled pattern in Oniguruma's syntax; immutable and safe for use by many threads. */
public final class Regex {
  private final String pattern;

  private Regex(String pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException when the pattern is invalid or uses an unsupported construct
   */
  public static Regex compile(String pattern) {
    return new Regex(pattern);
  }

  /** Compiles a pattern that matches exactly {@code text}. */
  public static Regex literal(String text) {
    return new Regex(text);
  }

  /** The pattern as it was given. */
  public String pattern() {
    return pattern;
  }

  /** A matcher over all of {@code text}. */
  public Matcher matcher(String text) {
    return matcher(text, 0, text.length());
  }

  /** A matcher that sees nothing outside {@code start} (inclusive) to {@code end} (exclusive). */
  public Matcher matcher(String text, int start, int end) {
    return new Matcher(text, start, end);
  }
}
