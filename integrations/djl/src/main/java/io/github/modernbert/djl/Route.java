package io.github.modernbert.djl;

import io.github.modernbert.Task;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * From DJL's types to a task and back.
 *
 * @param input the type of DJL's inputs
 * @param output the type of DJL's outputs
 * @param task what the checkpoint must be able to do
 * @param opener loads the checkpoint for the task
 */
record Route<I, O>(Class<I> input, Class<O> output, Task task, Opener<I, O> opener) {
  /** Loads a checkpoint for a task; the result is safe for use by several threads. */
  interface Opener<I, O> {
    Function<List<I>, List<O>> open(LoadedCheckpoint checkpoint, OptionValues arguments);
  }

  TaskTranslator<I, O> translator(LoadedCheckpoint checkpoint, OptionValues arguments) {
    return new TaskTranslator<>(opener.open(checkpoint, arguments));
  }

  /** The same for arrays of inputs, whose elements are all computed together. */
  @SuppressWarnings("unchecked") // the array types of I and O
  Route<I[], O[]> ofArrays() {
    return new Route<>(
        (Class<I[]>) input.arrayType(),
        (Class<O[]>) output.arrayType(),
        task,
        (checkpoint, arguments) -> {
          Function<List<I>, List<O>> each = opener.open(checkpoint, arguments);
          return arrays -> {
            var all = new ArrayList<I>();
            for (int i = 0; i < arrays.size(); i++) {
              List<I> array = Arrays.asList(arrays.get(i));
              Batch.requireNoNull(array, "inputs[%d]".formatted(i));
              all.addAll(array);
            }
            return regroup(arrays, each.apply(all));
          };
        });
  }

  @SuppressWarnings("unchecked") // an array of O
  private List<O[]> regroup(List<I[]> inputs, List<O> outputs) {
    var groups = new ArrayList<O[]>();
    int from = 0;
    for (I[] array : inputs) {
      int to = from + array.length;
      groups.add(outputs.subList(from, to).toArray((O[]) Array.newInstance(output, array.length)));
      from = to;
    }
    return groups;
  }
}
