package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project outside this tree that has only the Maven dependency. It is built offline by the Maven
 * that runs this build, from the POMs and jars that would be published, and runs on the class path
 * and on the module path.
 */
final class ConsumerIT {
  private static final String DENIED = "--illegal-native-access=deny";

  @TempDir private static Path temporary;

  private static Path project;
  private static Launched withVectors;

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
    withVectors = onClassPath(DENIED, "--add-modules", "jdk.incubator.vector");
  }

  @Test
  void runsOnTheClassPathWithTheFlagForVectors() {
    assertTrue(withVectors.out().getFirst().startsWith("vector ("), withVectors.out().getFirst());
    List<String> lines = withVectors.err().strip().lines().toList();
    assertEquals("WARNING: Using incubator modules: jdk.incubator.vector", lines.getFirst());
    // One entry of the log, a line of its time and one of its text: the kernels that were left out.
    assertEquals(3, lines.size(), withVectors.err());
    assertTrue(lines.getLast().contains("the codegen kernels cannot run"), lines.getLast());
  }

  @Test
  void runsWithoutNativeAccessAndVectorsAndSaysWhatItMisses() throws Exception {
    Launched run = onClassPath(DENIED, "-XX:TieredStopAtLevel=1");
    assertEquals("portable", run.out().getFirst());
    assertTrue(run.err().contains("--add-modules=jdk.incubator.vector"), run.err());
    assertEquals(withVectors.out().get(1), run.out().get(1));
  }

  @Test
  void runsOnTheModulePathWithoutNativeAccess() throws Exception {
    Launched run = onModulePath(DENIED);
    assertEquals(withVectors.out(), run.out());
  }

  @Test
  @EnabledIf("codeCanBeGenerated")
  void runsGeneratedCodeWithoutAnyFlag() throws Exception {
    Launched classPath = onClassPath();
    assertTrue(classPath.out().getFirst().startsWith("codegen ("), classPath.out().getFirst());
    assertEquals(withVectors.out().get(1), classPath.out().get(1));
    assertOnlyTheJvmWarns(classPath, "ALL-UNNAMED");
    Launched modulePath = onModulePath();
    assertTrue(modulePath.out().getFirst().startsWith("codegen ("), modulePath.out().getFirst());
    assertEquals(withVectors.out().get(1), modulePath.out().get(1));
    assertOnlyTheJvmWarns(modulePath, "io.github.modernbert.codegen");
    Launched enabled = onClassPath("--enable-native-access=ALL-UNNAMED");
    assertEquals("", enabled.err());
  }

  private static void assertOnlyTheJvmWarns(Launched run, String module) {
    assertTrue(run.err().contains("--enable-native-access=" + module), run.err());
    assertTrue(
        run.err().lines().allMatch(line -> line.isEmpty() || line.startsWith("WARNING: ")),
        run.err());
    assertFalse(run.err().contains("kernels"), run.err());
  }

  /** Whether this machine is one that there is generated code for. */
  static boolean codeCanBeGenerated() {
    return CodegenSupport.obstacle().isEmpty();
  }

  private static Launched onModulePath(String... flags) throws Exception {
    Path module = project.resolve("module-path/target");
    String path = module.resolve("dependency") + File.pathSeparator + module.resolve("classes");
    var arguments = new ArrayList<>(List.of(flags));
    arguments.addAll(List.of("--module-path", path, "-m", "consumer/consumer.Main"));
    return Launched.java(project, arguments);
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
