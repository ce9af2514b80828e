package io.github.modernbert;

import io.github.modernbert.tasks.Pipeline;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The progress of a call.
 *
 * @param done the number of inputs that are done: texts, pairs or questions
 * @param total the number of all inputs; empty if they come as a stream
 * @param tokens the number of tokens that have been computed, special ones included
 * @param times what the call spent its time on so far
 */
public record Progress(long done, OptionalLong total, long tokens, CallTimes times) {
  static Progress of(Pipeline.State state) {
    var times =
        new CallTimes(
            Duration.ofNanos(state.tokenization()),
            Duration.ofNanos(state.queue()),
            Duration.ofNanos(state.computation()));
    return new Progress(state.inputs(), state.total(), state.tokens(), times);
  }
}
