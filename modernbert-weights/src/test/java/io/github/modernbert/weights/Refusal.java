package io.github.modernbert.weights;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.files.ModelFileException;
import java.util.Objects;
import org.junit.jupiter.api.function.Executable;

/** Asserts that something is refused, with a message that names what it must name. */
public final class Refusal {
  private Refusal() {}

  /** A file is refused. */
  public static void of(Executable use, String... named) {
    by(ModelFileException.class, use, named);
  }

  public static void by(Class<? extends Throwable> type, Executable use, String... named) {
    String message = Objects.requireNonNull(assertThrows(type, use).getMessage());
    for (String part : named) {
      assertTrue(message.contains(part), () -> "\"%s\" lacks \"%s\"".formatted(message, part));
    }
  }
}
