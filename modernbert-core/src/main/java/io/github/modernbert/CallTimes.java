package io.github.modernbert;

import java.time.Duration;

/**
 * The time that a call spent in the library, by kinds of work. The rest of its time is its caller's
 * own: taking results, or, with a stream, whatever is done between them.
 *
 * @param tokenization taking inputs and making their tokens
 * @param queue waiting for the batches of other calls
 * @param computation from the begin of each batch with sequences of the call until its results were
 *     read; the sequences of other calls in the batch are part of it
 */
public record CallTimes(Duration tokenization, Duration queue, Duration computation) {
  /** The times of a call that reads no texts. */
  static final CallTimes NONE = new CallTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
