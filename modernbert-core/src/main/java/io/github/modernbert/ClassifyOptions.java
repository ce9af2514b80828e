package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ReadOptions;
import java.util.Optional;

/**
 * How texts are classified. Immutable; start from {@link #defaults}.
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
   * All labels; scores as the model's {@code problem_type} and number of labels ask for: none for
   * regression, sigmoid for several labels at once or a single one, else softmax. Texts that are
   * too long are cut.
   */
  public static ClassifyOptions defaults() {
    return DEFAULTS;
  }

  /** Keeps the best k labels only; k from 1. */
  public ClassifyOptions topK(int k) {
    return new ClassifyOptions(Arguments.requirePositive("topK", k), scoreFunction, reading());
  }

  /** Makes other scores of the logits. */
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
