package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.OptionalInt;

/**
 * Options of a {@link QuestionAnswerer}. Immutable; start from {@link #defaults}. {@link
 * #maxLength} is the length of a window in tokens, question included; 384 unless the model takes
 * less.
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

  /**
   * A copy that asks for several answers.
   *
   * @param k the greatest number of answers, from 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public AnswerOptions topK(int k) {
    return new AnswerOptions(
        Arguments.requirePositive("topK", k),
        maxAnswerLength,
        stride,
        noAnswer,
        alignToWords,
        reading());
  }

  /**
   * A copy with another limit on the length of answers.
   *
   * @param tokens the greatest number of tokens of an answer, from 1
   * @throws IllegalArgumentException if it is less than 1
   */
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
   * A copy with another overlap of windows.
   *
   * @param tokens how many tokens neighbouring windows share, from 0; less than a window has room
   *     for beside the question, else the call is refused
   * @throws IllegalArgumentException if it is negative
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

  /**
   * A copy that allows or forbids "no answer" among the answers, for models trained with
   * unanswerable questions (SQuAD 2, arXiv:1806.03822).
   *
   * @param value whether it is allowed
   */
  public AnswerOptions noAnswer(boolean value) {
    return new AnswerOptions(topK, maxAnswerLength, stride, value, alignToWords, reading());
  }

  /**
   * A copy that extends answers to whole words or does not. Switch it off for languages that are
   * written without spaces.
   *
   * @param value whether answers are extended
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
