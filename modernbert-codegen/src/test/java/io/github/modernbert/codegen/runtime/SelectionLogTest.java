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
  void nothingIsLoggedWithAllFlags() throws IOException, InterruptedException {
    List<String> lines = lines(NATIVE_ACCESS, VECTORS);
    assertEquals(3, lines.size(), lines.toString());
    assertEquals("WARNING: Using incubator modules: jdk.incubator.vector", lines.getFirst());
    assertTrue(
        lines.getLast().matches("codegen \\(\\d+ bit, vector \\(\\d+ bit\\)\\)"), lines.toString());
  }

  /** The JVM prints its warning about native access and we print nothing. */
  @Test
  void withoutFlagsGeneratedCodeRuns() throws IOException, InterruptedException {
    List<String> lines = lines();
    assertTrue(lines.getLast().matches("codegen \\(\\d+ bit, portable\\)"), lines.toString());
    var own =
        lines.stream().filter(line -> !line.startsWith("WARNING: ") && !line.isEmpty()).toList();
    assertEquals(List.of("Optional.empty", lines.getLast()), own);
    assertTrue(lines.stream().noneMatch(line -> line.contains("kernels")), lines.toString());
  }

  @Test
  void nativeAccessEnabledSilencesTheJvm() throws IOException, InterruptedException {
    List<String> lines = lines(NATIVE_ACCESS);
    assertEquals("Optional.empty", lines.getFirst());
    assertEquals(2, lines.size(), lines.toString());
  }

  @Test
  void enabledAccessCountsWhereAllOtherIsDenied() throws IOException, InterruptedException {
    List<String> lines = lines("--illegal-native-access=deny", NATIVE_ACCESS);
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.getLast().startsWith("codegen ("), lines.toString());
  }

  /** Vector kernels are not needed then, so that they are slow is not worth a line. */
  @Test
  void withoutC2GeneratedCodeRuns() throws IOException, InterruptedException {
    List<String> lines = lines(NATIVE_ACCESS, VECTORS, "-XX:TieredStopAtLevel=1");
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(lines.getLast().matches("codegen \\(\\d+ bit, portable\\)"), lines.toString());
  }

  @Test
  void vectorKernelsRunWhereNativeAccessIsDenied() throws IOException, InterruptedException {
    List<String> lines = lines(VECTORS, "--illegal-native-access=deny");
    assertTrue(lines.getLast().startsWith("vector ("), lines.toString());
    assertEquals(
        "INFO: Using %s kernels; the codegen kernels cannot run: this JVM denies native access: "
                .formatted(lines.getLast())
            + "start java with --enable-native-access=ALL-UNNAMED",
        lines.get(lines.size() - 2));
  }

  /** Spring Boot's run tasks and development tools set this flag. */
  @Test
  void withoutC2VectorKernelsAreLeftOutWithAWarning() throws IOException, InterruptedException {
    List<String> lines = lines(VECTORS, "--illegal-native-access=deny", "-XX:TieredStopAtLevel=1");
    assertEquals("portable", lines.getLast());
    String log = lines.get(lines.size() - 2);
    assertTrue(
        log.startsWith("WARNING: Using portable kernels; the codegen kernels cannot run: ")
            && log.contains("the vector kernels are slow: ")
            && log.contains("remove -XX:TieredStopAtLevel"),
        log);
    assertEquals(
        "portable",
        lines(VECTORS, "--illegal-native-access=deny", "-XX:TieredStopAtLevel=3").getLast());
  }

  @Test
  void whereC2KnowsNoVectorsTheyAreLeftOutWithAWarning() throws IOException, InterruptedException {
    List<String> lines =
        lines(
            VECTORS,
            "--illegal-native-access=deny",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:-EnableVectorSupport");
    assertEquals("portable", lines.getLast());
    String log = lines.get(lines.size() - 2);
    assertTrue(log.startsWith("WARNING: ") && log.contains("EnableVectorSupport"), log);
  }

  private static List<String> lines(String... flags) throws IOException, InterruptedException {
    return SupportTest.selected(flags).lines().toList();
  }
}
