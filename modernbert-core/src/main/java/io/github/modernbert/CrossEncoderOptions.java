package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Optional;

/**
 * How pairs of texts are scored. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="cross-encoder-options"}
 */
public final class CrossEncoderOptions extends TaskOptions<CrossEncoderOptions> {
  private static final CrossEncoderOptions DEFAULTS =
      new CrossEncoderOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Integer.MAX_VALUE,
          ReadOptions.DEFAULTS);

  private final Optional<String> promptName;
  private final Optional<String> promptText;
  private final Optional<ScoreFunction> scoreFunction;
  private final int topK;

  private CrossEncoderOptions(
      Optional<String> promptName,
      Optional<String> promptText,
      Optional<ScoreFunction> scoreFunction,
      int topK,
      ReadOptions reading) {
    super(reading);
    this.promptName = promptName;
    this.promptText = promptText;
    this.scoreFunction = scoreFunction;
    this.topK = topK;
  }

  /**
   * The model's default prompt and activation (sigmoid for one label and none for several, unless
   * its files name another); all documents; pairs that are too long are cut.
   */
  public static CrossEncoderOptions defaults() {
    return DEFAULTS;
  }

  /** Puts the model's prompt of this name before each query. */
  public CrossEncoderOptions prompt(String name) {
    return new CrossEncoderOptions(
        Optional.of(Arguments.notNull(name, "prompt")),
        Optional.empty(),
        scoreFunction,
        topK,
        reading());
  }

  /** Puts this text before each query; the empty text switches off the model's default prompt. */
  public CrossEncoderOptions promptText(String text) {
    return new CrossEncoderOptions(
        Optional.empty(),
        Optional.of(Arguments.notNull(text, "promptText")),
        scoreFunction,
        topK,
        reading());
  }

  /** Makes other scores of the logits. */
  public CrossEncoderOptions scoreFunction(ScoreFunction function) {
    return new CrossEncoderOptions(
        promptName,
        promptText,
        Optional.of(Arguments.notNull(function, "scoreFunction")),
        topK,
        reading());
  }

  /** Keeps the best k documents of a ranking only; k from 1. */
  public CrossEncoderOptions topK(int k) {
    return new CrossEncoderOptions(
        promptName, promptText, scoreFunction, Arguments.requirePositive("topK", k), reading());
  }

  @Override
  CrossEncoderOptions with(ReadOptions values) {
    return new CrossEncoderOptions(promptName, promptText, scoreFunction, topK, values);
  }

  Optional<String> promptName() {
    return promptName;
  }

  Optional<String> promptText() {
    return promptText;
  }

  Optional<ScoreFunction> scoreFunction() {
    return scoreFunction;
  }

  int topK() {
    return topK;
  }
}
