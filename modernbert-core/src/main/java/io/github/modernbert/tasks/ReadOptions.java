package io.github.modernbert.tasks;

import io.github.modernbert.tokenizer.Direction;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options for reading inputs, common to all tasks.
 *
 * @param maxLength tokens of an input at most, special ones included; empty for the model's own
 * @param truncate whether inputs that are too long are cut or refused
 * @param truncationSide which end is cut; empty for the one that the model's files name
 * @param splitSpecialTokens whether special tokens that occur in a text are read as other text is,
 *     also where the model's files do not say so
 * @param progress is told how far the call has come
 */
public record ReadOptions(
    OptionalInt maxLength,
    boolean truncate,
    Optional<Direction> truncationSide,
    boolean splitSpecialTokens,
    Pipeline.Progress progress) {
  /** Options with the model's maximum length that cut longer inputs and report no progress. */
  public static final ReadOptions DEFAULTS =
      new ReadOptions(OptionalInt.empty(), true, Optional.empty(), false, state -> {});

  /** A copy with another number of tokens. */
  public ReadOptions withMaxLength(int tokens) {
    return new ReadOptions(
        OptionalInt.of(tokens), truncate, truncationSide, splitSpecialTokens, progress);
  }

  /** A copy that cuts inputs that are too long, or refuses them. */
  public ReadOptions withTruncate(boolean value) {
    return new ReadOptions(maxLength, value, truncationSide, splitSpecialTokens, progress);
  }

  /** A copy that cuts inputs at another end. */
  public ReadOptions withTruncationSide(Direction side) {
    return new ReadOptions(maxLength, truncate, Optional.of(side), splitSpecialTokens, progress);
  }

  /** A copy that reads special tokens in texts as other text, or as the model's files say. */
  public ReadOptions withSplitSpecialTokens(boolean value) {
    return new ReadOptions(maxLength, truncate, truncationSide, value, progress);
  }

  /** A copy that tells another listener of the progress. */
  public ReadOptions withProgress(Pipeline.Progress listener) {
    return new ReadOptions(maxLength, truncate, truncationSide, splitSpecialTokens, listener);
  }
}
