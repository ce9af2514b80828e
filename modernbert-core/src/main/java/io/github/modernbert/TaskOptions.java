package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import io.github.modernbert.tokenizer.Direction;

/**
 * The base of the options of all tasks: how texts are read. Immutable; each method gives a changed
 * copy.
 *
 * @param <O> the options of a task
 */
public abstract sealed class TaskOptions<O extends TaskOptions<O>>
    permits EmbedOptions,
        ClassifyOptions,
        ZeroShotOptions,
        CrossEncoderOptions,
        FillMaskOptions,
        SparseOptions,
        ColBertOptions,
        TokenClassifyOptions,
        AnswerOptions,
        ChoiceOptions {
  private final ReadOptions reading;

  TaskOptions(ReadOptions reading) {
    this.reading = reading;
  }

  /** A copy with other values of these. */
  abstract O with(ReadOptions values);

  /**
   * Takes at most so many tokens of an input, special ones and prompts included.
   *
   * @param tokens at most what the model takes
   */
  public final O maxLength(int tokens) {
    return with(reading.withMaxLength(Arguments.requirePositive("maxLength", tokens)));
  }

  /**
   * Whether inputs that are too long are cut (the default), or refused by an exception. Where a
   * text is read in windows, nothing is cut.
   */
  public final O truncate(boolean value) {
    return with(reading.withTruncate(value));
  }

  /**
   * Which end of an input that is too long is cut off, whatever the model's files say. Where a text
   * is read in windows, and for {@link ColBert}, it does not matter.
   */
  public final O truncationSide(Direction side) {
    return with(reading.withTruncationSide(Arguments.notNull(side, "truncationSide")));
  }

  /** Tells how far the call has come, and what it spent its time on. */
  public final O progress(ProgressListener listener) {
    Arguments.notNull(listener, "progress");
    return with(reading.withProgress(state -> listener.progressed(Progress.of(state))));
  }

  final ReadOptions reading() {
    return reading;
  }
}
