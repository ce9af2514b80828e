package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our programs as {@code java -jar}, with the jars beside them. */
final class RunnableJarsIT {
  @TempDir private Path folder;

  private static Path jar(String module, String artifact) {
    PomFile root = PomFile.root();
    String version = root.text("/project/version");
    return root.folder().resolve(module, "target", artifact + "-" + version + ".jar");
  }

  @ParameterizedTest
  @CsvSource({
    "apps/cli, modernbert-cli",
    "apps/server, modernbert-server",
    "examples/lucene, modernbert-example-lucene"
  })
  void theManifestNamesWhatRuns(String module, String artifact) throws IOException {
    Path path = jar(module, artifact);
    try (JarFile jar = new JarFile(path.toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertEquals("ALL-UNNAMED", manifest.getValue("Enable-Native-Access"));
      String main = manifest.getValue(Attributes.Name.MAIN_CLASS).replace('.', '/') + ".class";
      assertNotNull(jar.getEntry(main), main);
      for (String library : manifest.getValue(Attributes.Name.CLASS_PATH).split(" ")) {
        assertTrue(Files.exists(path.resolveSibling(library)), library);
      }
    }
  }

  /** Neither the JVM nor the library has anything to say about flags. */
  @Test
  void theCommandRunsWithoutAFlag() throws Exception {
    String jar = jar("apps/cli", "modernbert-cli").toString();
    Launched run = Launched.java(folder, List.of("-jar", jar, "similarity", "a cat", "a dog"));
    assertEquals(1, run.out().size(), run.out().toString());
    assertEquals("", run.err());
  }
}
