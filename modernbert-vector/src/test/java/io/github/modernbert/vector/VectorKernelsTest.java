package io.github.modernbert.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.kernels.KernelConformance;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Run once for each vector width, see the module's pom. */
final class VectorKernelsTest extends KernelConformance {
  VectorKernelsTest() {
    super(new VectorKernels());
  }

  @Test
  void usesTheWidthUnderTest() {
    int bits = Integer.getInteger(Species.BITS_PROPERTY);
    assertEquals("vector (%d bit)".formatted(bits), new VectorKernels().name());
  }

  @Test
  void generatedTilesAreCurrent() throws IOException {
    assertEquals(
        words(FmaTilesGenerator.generate()), words(Files.readString(FmaTilesGenerator.FILE)));
  }

  private static String words(String code) {
    return code.replaceAll("[\\s*]+", "");
  }
}
