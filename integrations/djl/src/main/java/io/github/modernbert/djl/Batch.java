package io.github.modernbert.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.util.passthrough.PassthroughNDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Inputs that go through DJL's pipeline as they are, instead of arrays made of them, together with
 * what the block shall do to all of them at once.
 *
 * @param task makes the outputs of the inputs, in their order
 */
record Batch<I, O>(Function<List<I>, List<O>> task, List<I> inputs) {
  /** The outputs that a block computed for a batch. */
  record Results<O>(List<O> outputs) {}

  NDList toList() {
    return new NDList(new PassthroughNDArray(this));
  }

  /** The results, in the form in which blocks give them out. */
  NDList run() {
    requireNoNull(inputs, "inputs");
    return list(task.apply(inputs));
  }

  /** Fails with the name and index of what is null. */
  static void requireNoNull(List<?> values, String name) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) == null) {
        throw new IllegalArgumentException("%s[%d] is null".formatted(name, i));
      }
    }
  }

  static <O> NDList list(List<O> outputs) {
    return new NDList(new PassthroughNDArray(new Results<>(outputs)));
  }

  /** The outputs that {@link #list} put into a list. */
  static List<?> outputs(NDList list) {
    return ((Results<?>) content(list)).outputs();
  }

  /** Whether a list holds a batch, and not arrays of numbers. */
  static boolean isIn(NDList list) {
    return list.size() == 1
        && list.head() instanceof PassthroughNDArray array
        && array.getObject() instanceof Batch<?, ?>;
  }

  /** The batch in a list. */
  static Batch<?, ?> in(NDList list) {
    return (Batch<?, ?>) content(list);
  }

  /** One batch of the inputs of several, all of the same task; there is at least one. */
  @SuppressWarnings("unchecked") // a translator makes batches of one task
  static Batch<?, ?> merge(List<Batch<?, ?>> batches) {
    var inputs = new ArrayList<Object>();
    batches.forEach(batch -> inputs.addAll(batch.inputs()));
    return new Batch<>(
        (Function<List<Object>, List<Object>>) (Function<?, ?>) batches.getFirst().task(), inputs);
  }

  private static Object content(NDList list) {
    NDArray array = list.singletonOrThrow();
    return ((PassthroughNDArray) array).getObject();
  }
}
