package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * The implementation of a model's arithmetic. All give the same bits; they differ in speed and in
 * what they need of the JVM and the processor.
 */
public enum KernelChoice {
  /** The fastest that can run here. */
  AUTO,

  /** Machine code that is generated for the processor; runs unless the JVM denies native access. */
  CODEGEN,

  /** The Vector API; needs {@code --add-modules jdk.incubator.vector}. */
  VECTOR,

  /** Plain Java, which runs everywhere; the slowest. */
  PORTABLE;

  /** The name in options and reports, such as {@code vector}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses the name of a choice.
   *
   * @param key the name as {@link #key} gives it, such as {@code vector}; case and spaces around it
   *     do not matter
   * @return the choice of that name
   * @throws IllegalArgumentException if it is null or there is none of that name; the message lists
   *     the names
   */
  public static KernelChoice of(String key) {
    return Arguments.constant("kernels", key, values(), KernelChoice::key);
  }
}
