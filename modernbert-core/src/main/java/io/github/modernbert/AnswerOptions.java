package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.OptionalInt;

/**
 * How answers are looked for. Immutable; start from {@link #defaults}. {@link #maxLength} is the
 * length of a window, question included; 384 unless the model takes less.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="answer-options"}
 */
public final class AnswerOptions extends TaskOptions<AnswerOptions> {
  private static final int ANSWER_TOKENS = 15;

  private static final AnswerOptions DEFAULTS =
      new AnswerOptions(1, ANSWER_TOKENS, OptionalInt.empty(), false, true, ReadOptions.DEFAULTS);

  private final int topK;
  private final int maxAnswerLength;
  private final OptionalInt stride;
  private final boolean noAnswer;
  private final boolean alignToWords;

  private AnswerOptions(
      int topK,
      int maxAnswerLength,
      OptionalInt stride,
      boolean noAnswer,
      boolean alignToWords,
      ReadOptions reading) {
    super(reading);
    this.topK = topK;
    this.maxAnswerLength = maxAnswerLength;
    this.stride = stride;
    this.noAnswer = noAnswer;
    this.alignToWords = alignToWords;
  }

  /**
   * The best answer, of at most 15 tokens and whole words; windows of up to 384 tokens that share
   * 128, or half their length if that is less; there is always an answer.
   */
  public static AnswerOptions defaults() {
    return DEFAULTS;
  }

  /** Gives the best k answers; k from 1. */
  public AnswerOptions topK(int k) {
    return new AnswerOptions(
        Arguments.requirePositive("topK", k),
        maxAnswerLength,
        stride,
        noAnswer,
        alignToWords,
        reading());
  }

  /** Looks for answers of at most so many tokens; from 1. */
  public AnswerOptions maxAnswerLength(int tokens) {
    return new AnswerOptions(
        topK,
        Arguments.requirePositive("maxAnswerLength", tokens),
        stride,
        noAnswer,
        alignToWords,
        reading());
  }

  /**
   * Lets windows share another number of tokens.
   *
   * @param tokens from 0, less than a window has beside the question
   */
  public AnswerOptions stride(int tokens) {
    return new AnswerOptions(
        topK,
        maxAnswerLength,
        OptionalInt.of(Arguments.requireNatural("stride", tokens)),
        noAnswer,
        alignToWords,
        reading());
  }

  /** Whether that there is no answer is one of the answers, for models trained so (SQuAD 2). */
  public AnswerOptions noAnswer(boolean value) {
    return new AnswerOptions(topK, maxAnswerLength, stride, value, alignToWords, reading());
  }

  /**
   * Whether answers are extended to whole words. To be switched off for languages that are written
   * without spaces.
   */
  public AnswerOptions alignToWords(boolean value) {
    return new AnswerOptions(topK, maxAnswerLength, stride, noAnswer, value, reading());
  }

  @Override
  AnswerOptions with(ReadOptions values) {
    return new AnswerOptions(topK, maxAnswerLength, stride, noAnswer, alignToWords, values);
  }

  int topK() {
    return topK;
  }

  int maxAnswerLength() {
    return maxAnswerLength;
  }

  OptionalInt stride() {
    return stride;
  }

  boolean noAnswer() {
    return noAnswer;
  }

  boolean alignToWords() {
    return alignToWords;
  }
}
