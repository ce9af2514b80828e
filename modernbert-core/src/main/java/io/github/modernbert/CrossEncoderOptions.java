package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.PromptChoice;
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
          PromptChoice.DEFAULT, Optional.empty(), Integer.MAX_VALUE, ReadOptions.DEFAULTS);

  private final PromptChoice prompt;
  private final Optional<ScoreFunction> scoreFunction;
  private final int topK;

  private CrossEncoderOptions(
      PromptChoice prompt, Optional<ScoreFunction> scoreFunction, int topK, ReadOptions reading) {
    super(reading);
    this.prompt = prompt;
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
    return new CrossEncoderOptions(PromptChoice.named(name), scoreFunction, topK, reading());
  }

  /**
   * A copy that puts a text before each query.
   *
   * @param text the prompt; the empty text switches off the model's default prompt
   * @throws IllegalArgumentException if it is null
   */
  public CrossEncoderOptions promptText(String text) {
    return new CrossEncoderOptions(PromptChoice.of(text), scoreFunction, topK, reading());
  }

  /**
   * A copy with another score function.
   *
   * @param function the function that turns logits into scores
   * @throws IllegalArgumentException if it is null
   */
  public CrossEncoderOptions scoreFunction(ScoreFunction function) {
    return new CrossEncoderOptions(
        prompt, Optional.of(Arguments.notNull(function, "scoreFunction")), topK, reading());
  }

  /**
   * A copy that keeps only the best documents of a ranking.
   *
   * @param k the greatest number of documents, from 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public CrossEncoderOptions topK(int k) {
    return new CrossEncoderOptions(
        prompt, scoreFunction, Arguments.requirePositive("topK", k), reading());
  }

  @Override
  CrossEncoderOptions with(ReadOptions values) {
    return new CrossEncoderOptions(prompt, scoreFunction, topK, values);
  }

  PromptChoice prompt() {
    return prompt;
  }

  Optional<ScoreFunction> scoreFunction() {
    return scoreFunction;
  }

  int topK() {
    return topK;
  }
}
