package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TaskOptions;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The work done with a model on an executor: sent there with each task, without the model.
 *
 * @param <M> the class of the model
 */
interface TextTask<M extends TaskModel> extends Serializable {
  /** The class of the model: tasks of one class and one model share what is loaded. */
  Class<M> modelClass();

  /** Loads the model of a folder. */
  M load(Path folder, LoadOptions options);

  /**
   * Computes inputs together.
   *
   * @param inputs the texts of each input: one, or two that are read as a pair
   * @return one result for each input, in their order
   * @throws IllegalArgumentException if an input is refused or, with no inputs too, if the options
   *     do not fit the model
   */
  List<Result> compute(M model, List<String[]> inputs);

  /**
   * The result of one input.
   *
   * @param value of the output column, as Spark's rows have it
   * @param tokens how many tokens were read
   * @param truncated whether the input was longer than the model takes
   */
  record Result(Object value, int tokens, boolean truncated) {}

  /**
   * How long inputs may be, which all tasks have in common.
   *
   * @param maxLength tokens of an input; 0 for as many as the model takes
   * @param truncate whether what is longer is cut or refused
   */
  record Reading(int maxLength, boolean truncate) implements Serializable {
    <O extends TaskOptions<O>> O applyTo(O options) {
      O chosen = options.truncate(truncate);
      OptionalInt length = maxLength == 0 ? OptionalInt.empty() : OptionalInt.of(maxLength);
      return length.isPresent() ? chosen.maxLength(length.getAsInt()) : chosen;
    }
  }
}
