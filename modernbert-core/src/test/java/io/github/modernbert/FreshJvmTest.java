package io.github.modernbert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Checks that loading a model leaves alone what takes a fresh JVM long to set up. */
final class FreshJvmTest {
  /** Classes that are loaded when one of these parts of the JDK is set up. */
  private static final Set<String> EXPENSIVE =
      Set.of(
          "java.lang.management.ManagementFactory",
          "java.util.logging.LogManager",
          "jdk.jfr.internal.MetadataRepository");

  /** What shows that a model was loaded. */
  private static final String USED = "io.github.modernbert.encoder.Encoder";

  /** Runs in a fresh JVM: the bundled model with kernels that are never worth a message. */
  static final class Child {
    public static void main(String[] args) {
      LoadOptions options = LoadOptions.defaults().kernels(KernelChoice.PORTABLE);
      try (var embedder = TextEmbedder.bundled(options)) {
        embedder.embed("Where is the bakery?");
      }
    }
  }

  @Test
  void neitherRecorderNorLoggersNorManagementAreSetUp() throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true)
            .start();
    var loaded = new TreeSet<String>();
    boolean isUsed = false;
    try (var output = child.inputReader()) {
      for (String line; (line = output.readLine()) != null; ) {
        for (String name : EXPENSIVE) {
          if (line.contains(name + " source:")) {
            loaded.add(name);
          }
        }
        isUsed |= line.contains(USED + " source:");
      }
    } finally {
      child.destroyForcibly();
    }
    assertTrue(isUsed, "the model was not loaded");
    assertEquals(Set.of(), loaded, "set up by loading a model");
  }
}
