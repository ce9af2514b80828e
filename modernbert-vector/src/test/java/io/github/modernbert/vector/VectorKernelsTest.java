package io.github.modernbert.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.KernelConformance;
import io.github.modernbert.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Run once for each vector width, see the module's pom. */
final class VectorKernelsTest extends KernelConformance {
  VectorKernelsTest() {
    super(kernels());
  }

  private static Kernels kernels() {
    return new VectorKernelProvider().offer(Kernels.portable());
  }

  @Test
  void usesTheWidthUnderTest() {
    int bits = Integer.getInteger(Species.BITS_PROPERTY);
    assertEquals("vector (%d bit)".formatted(bits), kernels().name());
  }

  @Test
  void knowsWhenTheJvmHasNoOptimisingCompiler() {
    assertTrue(VectorKernelProvider.isWithoutC2("mixed mode, emulated-client, sharing"));
    assertTrue(VectorKernelProvider.isWithoutC2("interpreted mode, sharing"));
    assertFalse(VectorKernelProvider.isWithoutC2("mixed mode, sharing"));
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
