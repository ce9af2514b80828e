package io.github.modernbert.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** How often, and how long after a failure, something is tried again. */
final class Retries {
  /** Failures in a row that are forgiven, as the Python client does. */
  static final int USUAL = 5;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** A server that asks for more than this is not waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Failures of one file that are forgiven in all, though each time some bytes came. */
  private static final int MOST_IN_ALL = 100;

  private final Sleeper sleeper;
  private final int allowed;
  private int inRow;
  private int inAll;

  Retries(Sleeper sleeper, int allowed) {
    this.sleeper = sleeper;
    this.allowed = allowed;
  }

  /** Something that may fail for a while. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException, InterruptedException;
  }

  /**
   * Runs until it succeeds.
   *
   * @param what is being done, for messages
   * @throws HubException if it fails too often
   * @throws CancellationException if the thread is interrupted
   */
  <T> T run(String what, Attempt<T> attempt) {
    while (true) {
      try {
        try {
          return attempt.run();
        } catch (IOException e) {
          await(what, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        var cancelled = new CancellationException(what + ": interrupted");
        cancelled.initCause(e);
        throw cancelled;
      }
    }
  }

  /** Something was achieved: failures are counted anew. */
  void progress() {
    inRow = 0;
  }

  private void await(String what, IOException e) throws InterruptedException {
    inRow++;
    inAll++;
    Optional<Duration> asked =
        e instanceof TransientFailure failure ? failure.retryAfter() : Optional.empty();
    boolean tooLong = asked.map(time -> time.compareTo(PATIENCE) > 0).orElse(false);
    if (inRow > allowed || inAll > MOST_IN_ALL || tooLong) {
      String again = inAll > 1 ? " (%d attempts)".formatted(inAll) : "";
      String later =
          asked.map(time -> "; it asks to wait %d s".formatted(time.toSeconds())).orElse("");
      var reason =
          e instanceof TransientFailure
              ? HubException.Reason.SERVER
              : HubException.Reason.UNREACHABLE;
      throw new HubException(reason, what + ": " + describe(e) + again + later, e);
    }
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(inRow - 1, 10));
    sleeper.sleep(asked.orElse(doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE));
  }

  /** Exceptions of the network may have no message, or their causes the only one. */
  private static String describe(IOException e) {
    for (@Nullable Throwable at = e; at != null; at = at.getCause()) {
      if (at.getMessage() != null && !at.getMessage().isBlank()) {
        return at.getMessage();
      }
    }
    return e.getClass().getSimpleName();
  }
}
