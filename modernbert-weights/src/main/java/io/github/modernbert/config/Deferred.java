package io.github.modernbert.config;

import io.github.modernbert.files.ModelFileException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that only some tasks need: what is wrong with it is reported when it is asked for, so
 * that models of other tasks, which may carry the same keys, are not refused for it.
 */
final class Deferred<T> {
  private final @Nullable T value;
  private final @Nullable ModelFileException problem;

  private Deferred(@Nullable T value, @Nullable ModelFileException problem) {
    this.value = value;
    this.problem = problem;
  }

  /** Reads the value now and keeps it, or the exception. */
  static <T> Deferred<T> of(Supplier<T> reader) {
    try {
      return new Deferred<>(reader.get(), null);
    } catch (ModelFileException e) {
      return new Deferred<>(null, e);
    }
  }

  /**
   * The value.
   *
   * @throws ModelFileException if it is unusable; a new one for each call
   */
  T get() {
    if (value == null) {
      throw new ModelFileException(Objects.requireNonNull(problem));
    }
    return value;
  }
}
