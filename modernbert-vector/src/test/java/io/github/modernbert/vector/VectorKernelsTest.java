package io.github.modernbert.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.KernelConformance;
import io.github.modernbert.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
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
    assertTrue(OptimisingCompiler.isLeftOut("mixed mode, emulated-client, sharing", List.of()));
    assertTrue(OptimisingCompiler.isLeftOut("interpreted mode, sharing", List.of()));
    String usual = "mixed mode, sharing";
    assertFalse(OptimisingCompiler.isLeftOut(usual, List.of("java", "-Xmx1g")));
    for (int level = 0; level <= 4; level++) {
      String flag = "-XX:TieredStopAtLevel=" + level;
      assertEquals(level < 4, OptimisingCompiler.isLeftOut(usual, List.of("java", flag)), flag);
    }
    assertFalse(
        OptimisingCompiler.isLeftOut(
            usual, List.of("-XX:TieredStopAtLevel=3", "-XX:TieredStopAtLevel=4")));
    assertFalse(
        OptimisingCompiler.isLeftOut(
            usual, List.of("-XX:TieredStopAtLevel=3", "-XX:-TieredCompilation")));
  }

  @Test
  void knowsWhenTheCompilerKnowsNoVectors() {
    String without = "-XX:-EnableVectorSupport";
    String with = "-XX:+EnableVectorSupport";
    assertFalse(OptimisingCompiler.knowsNoVectors(List.of("java", "-Xmx1g")));
    assertTrue(OptimisingCompiler.knowsNoVectors(List.of("java", without)));
    assertTrue(OptimisingCompiler.knowsNoVectors(List.of(with, without)));
    assertFalse(OptimisingCompiler.knowsNoVectors(List.of(without, with)));
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
