package io.github.modernbert.tokenizer.regex;

/**
 * A search was given up because its pattern takes too many steps on its text; the reference gives
 * up as well, with {@code retry-limit-in-match over}.
 */
public final class MatchLimitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MatchLimitException(String reason, int length) {
    super("regular expression gave up on a text of %,d chars: %s".formatted(length, reason));
  }
}
