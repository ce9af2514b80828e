package io.github.modernbert.tokenizer.regex;

/**
 * A search was given up because its pattern takes too many steps on its text; the reference gives
 * up as well, with {@code retry-limit-in-match over}.
 */
public final class MatchLimitException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  MatchLimitException(String reason, int length) {
    super("regular expression gave up on a text of %,d chars: %s".formatted(length, reason));
  }

  /**
   * The same with its place.
   *
   * @param place the file, and where in it the pattern stands
   * @param pattern the pattern
   * @param cause the exception without them
   */
  public MatchLimitException(String place, String pattern, MatchLimitException cause) {
    super(place + ": pattern " + pattern + ": " + cause.getMessage(), cause);
  }
}
