package io.github.modernbert.fuzz;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.hub.HubException;

/** Which exceptions are promised for what cannot be used. */
final class Verdict {
  private static final int LONGEST_MESSAGE = 3000;

  private Verdict() {}

  /** Whether it is one of those, with a message that says what is wrong and where. */
  static boolean isRefusal(Throwable e) {
    if (!(e instanceof ModelFileException || e instanceof HubException)) {
      return false;
    }
    String message = String.valueOf(e.getMessage());
    int colon = message.indexOf(": ");
    return colon > 0 && !message.endsWith(": null") && message.length() <= LONGEST_MESSAGE;
  }
}
