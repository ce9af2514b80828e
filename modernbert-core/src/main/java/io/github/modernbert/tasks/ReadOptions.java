package io.github.modernbert.tasks;

import io.github.modernbert.tokenizer.Direction;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

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

  /** The values of a copy, before it is made; they begin as those of the original. */
  public static final class Values {
    /** See {@link ReadOptions#maxLength}. */
    public OptionalInt maxLength;

    /** See {@link ReadOptions#truncate}. */
    public boolean truncate;

    /** See {@link ReadOptions#truncationSide}. */
    public Optional<Direction> truncationSide;

    /** See {@link ReadOptions#splitSpecialTokens}. */
    public boolean splitSpecialTokens;

    /** See {@link ReadOptions#progress}. */
    public Pipeline.Progress progress;

    private Values(ReadOptions original) {
      maxLength = original.maxLength;
      truncate = original.truncate;
      truncationSide = original.truncationSide;
      splitSpecialTokens = original.splitSpecialTokens;
      progress = original.progress;
    }
  }

  /** A copy in which some values are changed. */
  public ReadOptions with(Consumer<Values> change) {
    var values = new Values(this);
    change.accept(values);
    return new ReadOptions(
        values.maxLength,
        values.truncate,
        values.truncationSide,
        values.splitSpecialTokens,
        values.progress);
  }
}
