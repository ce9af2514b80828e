package io.github.modernbert.tasks;

import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The inputs of a call.
 *
 * @param each the inputs in their order
 * @param total how many there are, if that is known before they are taken
 */
public record Inputs<T>(Iterator<? extends T> each, OptionalLong total) {
  /** The elements of a list. */
  public static <T> Inputs<T> of(List<? extends T> inputs) {
    return new Inputs<>(inputs.iterator(), OptionalLong.of(inputs.size()));
  }

  /** The elements of a stream, taken as they are needed. */
  public static <T> Inputs<T> of(Stream<? extends T> inputs) {
    return new Inputs<>(inputs.iterator(), OptionalLong.empty());
  }
}
