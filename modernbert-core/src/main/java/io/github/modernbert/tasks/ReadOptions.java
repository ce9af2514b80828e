package io.github.modernbert.tasks;

import java.util.OptionalInt;

/**
 * How a call reads its inputs, whichever task it is for.
 *
 * @param maxLength tokens of an input at most, special ones included; empty for the model's own
 * @param truncate whether inputs that are too long are cut or refused
 * @param progress is told how far the call has come
 */
public record ReadOptions(OptionalInt maxLength, boolean truncate, Pipeline.Progress progress) {
  /** As long as the model reads; longer inputs are cut; nobody is told of the progress. */
  public static final ReadOptions DEFAULTS =
      new ReadOptions(OptionalInt.empty(), true, (inputs, total, tokens) -> {});

  /** A copy with another number of tokens. */
  public ReadOptions withMaxLength(int tokens) {
    return new ReadOptions(OptionalInt.of(tokens), truncate, progress);
  }

  /** A copy that cuts inputs that are too long, or refuses them. */
  public ReadOptions withTruncate(boolean value) {
    return new ReadOptions(maxLength, value, progress);
  }

  /** A copy that tells another listener of the progress. */
  public ReadOptions withProgress(Pipeline.Progress listener) {
    return new ReadOptions(maxLength, truncate, listener);
  }
}
