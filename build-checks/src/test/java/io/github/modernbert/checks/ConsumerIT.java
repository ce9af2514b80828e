package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project outside this tree that has only the Maven dependency. It is built offline by the Maven
 * that runs this build, from the POMs and jars that would be published, and runs on the class path
 * and on the module path.
 */
final class ConsumerIT {
  @TempDir private static Path temporary;

  private static Path project;
  private static Launched withFlag;

  @BeforeAll
  static void build() throws Exception {
    PomFile root = PomFile.root();
    LocalRepository ours = LocalRepository.of(temporary.resolve("repository"), root);
    project = temporary.resolve("project");
    copy(root.folder().resolve("build-checks/src/test/consumer"), project);
    copy(
        project.resolve("class-path/src/main/java/consumer"),
        project.resolve("module-path/src/main/java/consumer"));
    var arguments =
        new ArrayList<>(List.of("--offline", "--batch-mode", "--quiet", "--no-transfer-progress"));
    arguments.add("-Dmaven.repo.local=" + ours.folder());
    // Plugins and gson come from where this build has them; what is ours is found before.
    arguments.add("-Dmaven.repo.local.tail=" + System.getProperty("modernbert.localRepository"));
    arguments.add("-Dmodernbert.version=" + ours.version());
    for (String plugin :
        List.of("maven-resources-plugin", "maven-compiler-plugin", "maven-dependency-plugin")) {
      String version =
          root.text(
              "/project/build/pluginManagement/plugins/plugin[artifactId='%s']/version"
                  .formatted(plugin));
      arguments.add("-D%s.version=%s".formatted(plugin, version));
    }
    arguments.add("compile");
    Launched.maven(project, arguments);
    withFlag = onClassPath("--add-modules", "jdk.incubator.vector");
  }

  @Test
  void runsOnTheClassPathWithTheFlagForVectors() {
    assertTrue(withFlag.out().getFirst().startsWith("vector ("), withFlag.out().getFirst());
    List<String> lines = withFlag.err().strip().lines().toList();
    assertEquals("WARNING: Using incubator modules: jdk.incubator.vector", lines.getFirst());
    // One entry of the log, a line of its time and one of its text: the kernels that were left out.
    assertEquals(3, lines.size(), withFlag.err());
    assertTrue(lines.getLast().contains("the codegen kernels cannot run"), lines.getLast());
  }

  @Test
  void runsOnTheClassPathWithoutAnyFlagAndSaysWhatItMisses() throws Exception {
    Launched run = onClassPath("-XX:TieredStopAtLevel=1");
    assertEquals("portable", run.out().getFirst());
    assertTrue(run.err().contains("--add-modules=jdk.incubator.vector"), run.err());
    assertEquals(withFlag.out().get(1), run.out().get(1));
  }

  @Test
  void runsOnTheModulePathWithoutAnyFlag() throws Exception {
    Path module = project.resolve("module-path/target");
    String path = module.resolve("dependency") + File.pathSeparator + module.resolve("classes");
    Launched run =
        Launched.java(project, List.of("--module-path", path, "-m", "consumer/consumer.Main"));
    assertEquals(withFlag.out(), run.out());
  }

  private static Launched onClassPath(String... flags) throws Exception {
    Path target = project.resolve("class-path/target");
    var arguments = new ArrayList<>(List.of(flags));
    String jars = target.resolve("dependency") + File.separator + "*";
    arguments.addAll(
        List.of("-cp", target.resolve("classes") + File.pathSeparator + jars, "consumer.Main"));
    return Launched.java(project, arguments);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path source : tree.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(source).toString());
        Files.createDirectories(target.getParent());
        Files.copy(source, target);
      }
    }
  }
}
