package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Optional;

/**
 * Options of a {@link TextClassifier}. Immutable; start from {@link #defaults}.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="classify-options"}
 */
public final class ClassifyOptions extends TaskOptions<ClassifyOptions> {
  private static final ClassifyOptions DEFAULTS =
      new ClassifyOptions(Integer.MAX_VALUE, Optional.empty(), ReadOptions.DEFAULTS);

  private final int topK;
  private final Optional<ScoreFunction> scoreFunction;

  private ClassifyOptions(int topK, Optional<ScoreFunction> scoreFunction, ReadOptions reading) {
    super(reading);
    this.topK = topK;
    this.scoreFunction = scoreFunction;
  }

  /**
   * Options that give all labels and cut texts that are too long. The score function follows from
   * the model's {@code problem_type} and number of labels, as in the reference: {@link
   * ScoreFunction#NONE} for regression, {@link ScoreFunction#SIGMOID} for multi-label models and
   * those with one label, else {@link ScoreFunction#SOFTMAX}.
   */
  public static ClassifyOptions defaults() {
    return DEFAULTS;
  }

  /**
   * A copy that keeps only the best labels.
   *
   * @param k the greatest number of labels, from 1
   * @throws IllegalArgumentException if it is less than 1
   */
  public ClassifyOptions topK(int k) {
    return new ClassifyOptions(Arguments.requirePositive("topK", k), scoreFunction, reading());
  }

  /**
   * A copy with another score function.
   *
   * @param function the function that turns logits into scores
   * @throws IllegalArgumentException if it is null
   */
  public ClassifyOptions scoreFunction(ScoreFunction function) {
    return new ClassifyOptions(
        topK, Optional.of(Arguments.notNull(function, "scoreFunction")), reading());
  }

  @Override
  ClassifyOptions with(ReadOptions values) {
    return new ClassifyOptions(topK, scoreFunction, values);
  }

  int topK() {
    return topK;
  }

  Optional<ScoreFunction> scoreFunction() {
    return scoreFunction;
  }
}
