package io.github.modernbert.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.modernbert.kernels.WarmUp;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The just-in-time compilers take every kernel. One that is too much for C1 is never given to C2,
 * and is then a hundred times slower, which no test of results would notice.
 */
final class CompilationTest {
  private static final Pattern COMPILED_BY_C2 =
      Pattern.compile("\\s4\\s+io\\.github\\.modernbert\\.vector\\.(\\w+::\\w+) \\(");

  /** Runs in a fresh JVM: what is to be compiled. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      try (var _ = WarmUp.start(new VectorKernels())) {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
          if (thread.getName().equals("modernbert-warm-up")) {
            thread.join();
          }
        }
      }
    }
  }

  /** Without C2 nothing is compiled by it, and vectors that the processor lacks are never fast. */
  static boolean concernsThisMachine() {
    var compiler = ManagementFactory.getCompilationMXBean();
    return compiler != null
        && compiler.getName().contains("Tiered")
        && Species.LANES <= FloatVector.SPECIES_PREFERRED.length();
  }

  @Test
  @EnabledIf("concernsThisMachine")
  void warmUpGetsAllKernelsCompiledByC2() throws IOException {
    var missing =
        new TreeSet<>(
            Set.of(
                "ActivationLoops::erfExponents",
                "ActivationLoops::gelu",
                "ExpLoop::apply",
                "FmaTiles::rows4",
                "RowSums::squaredDistances",
                "RowSums::sum",
                "VectorKernels::divideRow",
                "VectorKernels::finishRow",
                "VectorKernels::maxRow",
                "VectorKernels::multiplyRow",
                "VectorKernels::normRow",
                "VectorKernels::rescaleRow",
                "VectorKernels::rotateRow"));
    if (new VectorKernels().tileRows(12) == 12) {
      missing.add("FmaTiles::rows12");
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-D" + Species.BITS_PROPERTY + "=" + System.getProperty(Species.BITS_PROPERTY),
                // So that a machine with one processor runs it as well.
                "-XX:ActiveProcessorCount=2",
                // So that nothing still waits for a slow compiler when the warm-up has ended.
                "-XX:-BackgroundCompilation",
                "-XX:+PrintCompilation",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = child.inputReader()) {
      for (String line; (line = output.readLine()) != null; ) {
        assertFalse(line.contains("COMPILE SKIPPED") && line.contains("modernbert"), line);
        var matcher = COMPILED_BY_C2.matcher(line);
        if (matcher.find()) {
          missing.remove(matcher.group(1));
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertEquals(Set.of(), missing, "not compiled by C2");
  }
}
