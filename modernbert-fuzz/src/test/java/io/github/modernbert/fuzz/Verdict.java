package io.github.modernbert.fuzz;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.hub.HubException;

/** Which exceptions are promised for what cannot be used. */
final class Verdict {
  private static final int LONGEST_MESSAGE = 3000;

  private Verdict() {}

  /** A text that has a token for which the model has no vector: its tokenizer has more. */
  private static boolean isText(Throwable e, String message) {
    return e instanceof IllegalArgumentException
        && message.contains("is not in the vocabulary of the model");
  }

  /** Whether it is one of those, with a message that says what is wrong and where. */
  static boolean isRefusal(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (!(e instanceof ModelFileException || e instanceof HubException || isText(e, message))) {
      return false;
    }
    int colon = message.indexOf(": ");
    return colon > 0 && !message.endsWith(": null") && message.length() <= LONGEST_MESSAGE;
  }
}
