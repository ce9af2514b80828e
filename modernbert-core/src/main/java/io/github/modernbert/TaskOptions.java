package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.Pipeline;
import io.github.modernbert.tasks.ReadOptions;
import io.github.modernbert.tokenizer.Direction;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The base of the options of all tasks, with those for reading texts. Immutable and safe for use by
 * several threads; each method gives a changed copy.
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
   * A copy with another limit on the tokens read of an input, special ones and prompts included.
   *
   * @param tokens the limit, from 1; at most {@code max_position_embeddings} of the model and no
   *     fewer than its special tokens, else the call is refused
   * @throws IllegalArgumentException if it is less than 1
   */
  public final O maxLength(int tokens) {
    var limit = OptionalInt.of(Arguments.requirePositive("maxLength", tokens));
    return with(reading.with(values -> values.maxLength = limit));
  }

  /**
   * A copy that cuts inputs that are too long (the default), or refuses them with an {@link
   * IllegalArgumentException}. Where a text is read in windows, nothing is cut.
   *
   * @param value whether inputs are cut
   */
  public final O truncate(boolean value) {
    return with(reading.with(values -> values.truncate = value));
  }

  /**
   * A copy that cuts inputs at another end than the model's files say. It has no effect where a
   * text is read in windows, and on {@link ColBert}.
   *
   * @param side the end that is cut off
   * @throws IllegalArgumentException if it is null
   */
  public final O truncationSide(Direction side) {
    var end = Optional.of(Arguments.notNull(side, "truncationSide"));
    return with(reading.with(values -> values.truncationSide = end));
  }

  /**
   * A copy that reads special tokens that occur in a text, such as {@code [SEP]}, as other text is
   * read. Whoever writes such a text could else end a sentence, or mask a word, where the caller
   * does not expect it. Prompts are read in the same way, and {@link FillMask} finds no mask then.
   *
   * @param value false (the default) to read them as the model's files say
   */
  public final O splitSpecialTokens(boolean value) {
    return with(reading.with(values -> values.splitSpecialTokens = value));
  }

  /**
   * A copy that reports the progress of a call, and what the call spent its time on.
   *
   * @param listener called after each batch, by the thread that made the call
   * @throws IllegalArgumentException if it is null
   */
  public final O progress(ProgressListener listener) {
    Arguments.notNull(listener, "progress");
    Pipeline.Progress told = state -> listener.progressed(Progress.of(state));
    return with(reading.with(values -> values.progress = told));
  }

  final ReadOptions reading() {
    return reading;
  }
}
