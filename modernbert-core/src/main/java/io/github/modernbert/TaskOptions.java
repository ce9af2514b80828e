package io.github.modernbert;

import java.util.OptionalInt;

/**
 * What the options of all tasks have in common: how texts are read. Immutable; each method gives a
 * changed copy.
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
  private final Reading reading;

  TaskOptions(Reading reading) {
    this.reading = reading;
  }

  /** The values of {@link TaskOptions}. */
  record Reading(OptionalInt maxLength, boolean truncate, ProgressListener progress) {
    static final Reading DEFAULTS = new Reading(OptionalInt.empty(), true, ProgressListener.NONE);
  }

  /** A copy with other values of these. */
  abstract O with(Reading values);

  /**
   * Takes at most so many tokens of an input, special ones and prompts included.
   *
   * @param tokens at most what the model takes
   */
  public final O maxLength(int tokens) {
    requirePositive("maxLength", tokens);
    return with(new Reading(OptionalInt.of(tokens), reading.truncate, reading.progress));
  }

  /**
   * Whether inputs that are too long are cut (the default), or refused by an exception. Where a
   * text is read in windows, nothing is cut.
   */
  public final O truncate(boolean value) {
    return with(new Reading(reading.maxLength, value, reading.progress));
  }

  /** Tells how far the call has come. */
  public final O progress(ProgressListener listener) {
    return with(
        new Reading(reading.maxLength, reading.truncate, Arguments.notNull(listener, "progress")));
  }

  final Reading reading() {
    return reading;
  }

  static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, found " + value);
    }
    return value;
  }

  static int requireNatural(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be at least 0, found " + value);
    }
    return value;
  }
}
