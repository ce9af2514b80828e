package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.testdata.FreshJvm;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Checks that a warm-up gets the loops of a layer compiled by C2. */
final class WarmUpCompilationTest {
  private static final Pattern COMPILED_BY_C2 =
      Pattern.compile("\\s4\\s+io\\.github\\.modernbert\\.vector\\.(\\w+::\\w+) \\(");

  /** Runs in a fresh JVM: a warm-up that nothing closes. */
  public static void main(String[] args) throws InterruptedException {
    try (var _ = WarmUp.start(KernelSelection.select("vector"))) {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("modernbert-warm-up")) {
          thread.join();
        }
      }
    }
  }

  static boolean hasC2() {
    String info = System.getProperty("java.vm.info", "");
    return info.contains("mixed mode") && !info.contains("emulated-client");
  }

  @Test
  @EnabledIf("hasC2")
  void loopsOfALayerAreCompiledByC2() throws IOException {
    var missing =
        new TreeSet<>(
            Set.of(
                "ActivationLoops::erfExponents",
                "ActivationLoops::gelu",
                "ExpLoop::apply",
                "FmaTiles::rows4",
                "RowSums::squaredDistances",
                "RowSums::sum",
                "VectorRowLoops::divide",
                "VectorRowLoops::max",
                "VectorRowLoops::multiply",
                "VectorRowLoops::normalize",
                "VectorRowLoops::rescale",
                "VectorRowLoops::rotate",
                "VectorRowLoops::store"));
    List<String> flags =
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            // So that a machine with one processor runs it as well.
            "-XX:ActiveProcessorCount=2",
            // So that nothing still waits for a slow compiler when the warm-up has ended.
            "-XX:-BackgroundCompilation",
            "-XX:+PrintCompilation");
    FreshJvm.run(
        flags,
        WarmUpCompilationTest.class,
        line -> {
          var matcher = COMPILED_BY_C2.matcher(line);
          if (matcher.find()) {
            missing.remove(matcher.group(1));
          }
        });
    assertEquals(Set.of(), missing, "not compiled by C2");
  }
}
