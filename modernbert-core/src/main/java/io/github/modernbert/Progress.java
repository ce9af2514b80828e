package io.github.modernbert;

import io.github.modernbert.tasks.Pipeline;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far a call has come.
 *
 * @param done how many inputs are done: texts, pairs, or what else the call takes
 * @param total how many there are; empty where they come as a stream
 * @param tokens how many tokens have been computed, special ones included
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
