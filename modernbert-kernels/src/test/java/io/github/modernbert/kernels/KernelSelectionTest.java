package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Here without any provider; with one it is tested in the core module. */
final class KernelSelectionTest {
  @Test
  void portableIsAlwaysThere() {
    assertEquals("portable", KernelSelection.select("portable").name());
    assertEquals("portable", KernelSelection.select("auto").name());
  }

  @Test
  void demandedKernelsThatAreMissingAreAnError() {
    var e = assertThrows(IllegalArgumentException.class, () -> KernelSelection.select("vector"));
    assertEquals("no kernels named 'vector'; there are auto, portable", e.getMessage());
  }
}
