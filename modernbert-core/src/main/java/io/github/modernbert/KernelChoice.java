package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.Locale;

/**
 * The implementations of the model's arithmetic to choose from. All give the same bits; they differ
 * in speed and in what they need of the JVM and the processor.
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

  /** As options and reports call it, such as {@code vector}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses a key, such as {@code vector}. Case and spaces around it do not matter.
   *
   * @throws IllegalArgumentException if there is no such choice; the message lists the keys
   */
  public static KernelChoice of(String key) {
    return Arguments.constant("kernels", key, values(), KernelChoice::key);
  }
}
