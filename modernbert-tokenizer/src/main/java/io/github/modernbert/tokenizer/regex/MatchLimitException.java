package io.github.modernbert.tokenizer.regex;

/** A search was given up because its pattern needs too many steps on its text. */
public final class MatchLimitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MatchLimitException(String message) {
    super(message);
  }
}
