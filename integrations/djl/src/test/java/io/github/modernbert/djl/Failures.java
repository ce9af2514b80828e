package io.github.modernbert.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.translate.TranslateException;
import java.util.concurrent.Callable;

/**
 * Assertions on failed predictions: the exception that DJL documents has as its cause the one that
 * says what is wrong with an input.
 */
final class Failures {
  private Failures() {}

  static void assertMistake(String part, Callable<?> prediction) {
    assertCause(IllegalArgumentException.class, part, prediction);
  }

  static void assertCause(Class<? extends Exception> type, String part, Callable<?> prediction) {
    Throwable cause = assertThrows(TranslateException.class, prediction::call).getCause();
    assertNotNull(cause);
    assertEquals(type, cause.getClass());
    assertMessage(part, cause);
  }

  static void assertMessage(String part, Throwable e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(part), message);
  }
}
