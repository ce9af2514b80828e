package io.github.modernbert.fuzz;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.hub.HubException;

/** Which exceptions are promised for what cannot be used. */
final class Verdict {
  private static final int LONGEST_MESSAGE = 3000;

  private Verdict() {}

  /**
   * Whether the files were taken, but a text cannot be used with them: it has a token for which the
   * model has no vector, the tokenizer's own truncation cannot cut it, or it takes a route and none
   * was chosen. Another text, or option, can be used, so the files are not refused, as the
   * reference does not either.
   */
  private static boolean isText(Throwable e, String message) {
    return e instanceof IllegalArgumentException
        && (message.contains("is not in the vocabulary of the model")
            || message.startsWith("truncation: ")
            || message.startsWith("the model has no default route; "));
  }

  /** Whether it is one of those, with a message that says what is wrong and where. */
  static boolean isRefusal(Throwable e) {
    String message = String.valueOf(e.getMessage());
    boolean isKnown =
        e instanceof ModelFileException
            || e instanceof HubException
            || e instanceof HttpArea.Refusal
            || isText(e, message);
    if (!isKnown) {
      return false;
    }
    int colon = message.indexOf(": ");
    return colon > 0 && !message.endsWith(": null") && message.length() <= LONGEST_MESSAGE;
  }
}
