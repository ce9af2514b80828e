package io.github.modernbert.codegen.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Checks that the log of the selection names the kernels that run, in JVMs of its own. */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#canRun")
final class SelectionLogTest {
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final String VECTORS = "--add-modules=jdk.incubator.vector";

  @Test
  void nothingIsLoggedWhenNothingIsMissing() throws IOException, InterruptedException {
    List<String> lines = lines(NATIVE_ACCESS, VECTORS);
    assertTrue(lines.getLast().startsWith("codegen ("), lines.toString());
    assertTrue(lines.getLast().contains("vector ("), lines.toString());
    assertTrue(lines.stream().noneMatch(line -> line.contains("Using codegen")), lines.toString());
  }

  /** Generated code runs: a warning about portable kernels would be wrong. */
  @Test
  void withoutVectorsGeneratedCodeIsNamed() throws IOException, InterruptedException {
    List<String> lines = lines(NATIVE_ACCESS);
    String kernels = lines.getLast();
    assertTrue(kernels.matches("codegen \\(\\d+ bit, portable\\)"), kernels);
    assertEquals(
        "INFO: Using %s kernels; the vector kernels cannot run: ".formatted(kernels)
            + "start java with --add-modules=jdk.incubator.vector",
        lines.get(lines.size() - 2));
  }

  /** Spring Boot's run tasks and development tools set this flag. */
  @Test
  void withoutC2VectorKernelsAreLeftOutWithAWarning() throws IOException, InterruptedException {
    List<String> lines = lines(NATIVE_ACCESS, VECTORS, "-XX:TieredStopAtLevel=1");
    String kernels = lines.getLast();
    assertTrue(kernels.matches("codegen \\(\\d+ bit, portable\\)"), kernels);
    String log = lines.get(lines.size() - 2);
    assertTrue(
        log.startsWith(
                "WARNING: Using %s kernels; the vector kernels are slow: ".formatted(kernels))
            && log.contains("remove -XX:TieredStopAtLevel"),
        log);
    assertEquals("portable", lines(VECTORS, "-XX:TieredStopAtLevel=1").getLast());
    assertEquals("portable", lines(VECTORS, "-XX:TieredStopAtLevel=3").getLast());
  }

  private static List<String> lines(String... flags) throws IOException, InterruptedException {
    return SupportTest.selected(flags).lines().toList();
  }
}
