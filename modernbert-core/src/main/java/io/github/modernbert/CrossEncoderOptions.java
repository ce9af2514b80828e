package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Optional;

/**
 * Options of a {@link CrossEncoder}. Immutable; start from {@link #defaults}.
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
   * Options with the model's default prompt and activation (sigmoid for one label and none for
   * several, unless its files name another). All documents are kept, and pairs that are too long
   * are cut.
   */
  public static CrossEncoderOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy that puts one of the model's prompts before each query.
   *
   * @param name the prompt's name in the model's files, such as {@code query}; the call is refused
   *     if there is none of that name
   * @throws IllegalArgumentException if it is null
   */
  public CrossEncoderOptions prompt(String name) {
    return new CrossEncoderOptions(
        Optional.of(Arguments.notNull(name, "prompt")),
        Optional.empty(),
        scoreFunction,
        topK,
        reading());
  }

  /**
   * A copy that puts a text before each query.
   *
   * @param text the prompt; the empty text switches off the model's default prompt
   * @throws IllegalArgumentException if it is null
   */
  public CrossEncoderOptions promptText(String text) {
    return new CrossEncoderOptions(
        Optional.empty(),
        Optional.of(Arguments.notNull(text, "promptText")),
        scoreFunction,
        topK,
        reading());
  }

  /**
   * A copy with another score function.
   *
   * @param function the function that turns logits into scores
   * @throws IllegalArgumentException if it is null
   */
  public CrossEncoderOptions scoreFunction(ScoreFunction function) {
    return new CrossEncoderOptions(
        promptName,
        promptText,
        Optional.of(Arguments.notNull(function, "scoreFunction")),
        topK,
        reading());
  }

  /**
   * A copy that keeps only the best documents of a ranking.
   *
   * @param k the greatest number of documents, from 1
   * @throws IllegalArgumentException if it is less than 1
   */
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
