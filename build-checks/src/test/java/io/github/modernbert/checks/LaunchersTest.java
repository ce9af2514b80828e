package io.github.modernbert.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts {@code modernbert} and {@code modernbert-bench/run} in a tree of empty files, with a
 * Maven that only makes jars, and a Java that only prints how it is started.
 */
final class LaunchersTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
  private static final FileTime BUILT = FileTime.from(Instant.parse("2020-02-01T00:00:00Z"));
  private static final FileTime LATER = FileTime.from(Instant.parse("2020-03-01T00:00:00Z"));

  private static final List<String> MODULES =
      Stream.of("files", "weights", "tokenizer", "kernels", "vector", "codegen", "mini", "core")
          .map("modernbert-"::concat)
          .toList();

  @TempDir private Path tree;

  @BeforeEach
  void setUp() throws IOException {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "the scripts are for bash");
    write("pom.xml", "<project>\n  <version>1.2</version>\n  <version>9</version>\n");
    for (String module : MODULES) {
      module(module);
      write("apps/cli/target/lib/%s-1.2.jar".formatted(module), "");
    }
    module("integrations/hub");
    module("apps/cli");
    write("apps/cli/target/lib/modernbert-hub-1.2.jar", "");
    write("apps/cli/target/lib/picocli-4.jar", "");
    jars("apps/cli/target/modernbert-cli");
    jars("modernbert-bench/target/modernbert-bench");
    write("modernbert-bench/target/lib/gson-2.jar", "");
    script("jdk/bin/javac", "");
    script("jdk/bin/java", "printf '%s\\n' \"$LC_ALL\" \"$@\"");
    write("jdk/release", "JAVA_VERSION=\"25.0.1\"\n");
    script(
        "mvnw",
        """
        echo built >>builds
        touch apps/cli/target/*.jar
        mkdir -p apps/cli/target/lib modernbert-bench/target/lib
        touch modernbert-bench/target/lib/gson-2.jar
        for each in %s modernbert-hub; do touch apps/cli/target/lib/$each-1.2.jar; done\
        """
            .formatted(String.join(" ", MODULES)));
    Path root = PomFile.root().folder();
    for (String launcher : List.of("modernbert", "modernbert-bench/run")) {
      script(launcher, Files.readString(root.resolve(launcher)));
    }
  }

  /** The jars that a whole build leaves. */
  private void jars(String name) throws IOException {
    for (String kind : List.of("", "-sources", "-javadoc")) {
      write("%s-1.2%s.jar".formatted(name, kind), "");
    }
    write(name + "-1.1.jar", "");
  }

  private void module(String folder) throws IOException {
    write(folder + "/pom.xml", "");
    write(folder + "/src/main/java/A.java", "");
    for (String path : List.of("src/main/java", "src/main")) {
      Files.setLastModifiedTime(tree.resolve(folder).resolve(path), LONG_AGO);
    }
  }

  private Path write(String path, String content) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return Files.setLastModifiedTime(file, path.endsWith(".jar") ? BUILT : LONG_AGO);
  }

  private void script(String path, String content) throws IOException {
    Path file = write(path, content.startsWith("#!") ? content : "#!/bin/bash\n" + content + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> run(String launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    var builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(tree.resolve(launcher).toString()), Stream.of(arguments))
                .toList());
    Path out = tree.resolve("out.txt");
    builder.redirectOutput(out.toFile()).redirectError(tree.resolve("err.txt").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("LANG|LC_.*|MODERNBERT_.*"));
    builder.environment().put("JAVA_HOME", tree.resolve("jdk").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), launcher + " does not end");
    assertEquals(0, process.exitValue(), () -> read("err.txt"));
    return Files.readAllLines(out);
  }

  private String read(String path) {
    try {
      return Files.readString(tree.resolve(path));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String classPath(List<String> command) throws IOException {
    return command.get(command.indexOf("-cp") + 1).replace(tree.toRealPath() + "/", "");
  }

  private void setJarTimes() throws IOException {
    try (Stream<Path> files = Files.walk(tree.resolve("apps/cli/target"))) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        Files.setLastModifiedTime(jar, BUILT);
      }
    }
  }

  private int builds() throws IOException {
    Path builds = tree.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  @Test
  void whatMavenHasBuiltIsNotBuiltAgain() throws Exception {
    List<String> command = run("modernbert", Map.of(), "info", "a b");
    assertEquals(0, builds());
    assertEquals(
        List.of("io.github.modernbert.cli.Main", "info", "a b"),
        command.subList(command.size() - 3, command.size()));
  }

  @Test
  void whatIsOlderThanItsSourcesIsBuiltOnce() throws Exception {
    for (String changed :
        List.of(
            "modernbert-core/src/main/java/A.java",
            "modernbert-mini/pom.xml",
            "integrations/hub/src/main/java",
            "apps/cli/src/main/java/A.java",
            "pom.xml")) {
      Path file = tree.resolve(changed);
      setJarTimes();
      Files.setLastModifiedTime(file, LATER);
      int before = builds();
      run("modernbert", Map.of());
      run("modernbert", Map.of());
      assertEquals(before + 1, builds(), changed);
      Files.setLastModifiedTime(file, LONG_AGO);
    }
    Files.delete(tree.resolve("apps/cli/target/lib/modernbert-core-1.2.jar"));
    int before = builds();
    run("modernbert", Map.of());
    assertEquals(before + 1, builds());
  }

  @Test
  void jarsOfSourcesAndOfOtherVersionsAreOnNoClassPath() throws Exception {
    write("apps/cli/target/lib/modernbert-core-1.1.jar", "");
    write("modernbert-bench/target/lib/gson-1.jar", "");
    assertEquals(
        "apps/cli/target/modernbert-cli-1.2.jar"
            + String.join(
                "",
                Stream.concat(MODULES.stream(), Stream.of("modernbert-hub"))
                    .sorted()
                    .map(":apps/cli/target/lib/%s-1.2.jar"::formatted)
                    .toList())
            + ":apps/cli/target/lib/picocli-4.jar",
        classPath(run("modernbert", Map.of())));
    for (String[] arguments : new String[][] {{"compare"}, {}}) {
      assertEquals(
          "modernbert-bench/target/modernbert-bench-1.2.jar:modernbert-bench/target/lib/gson-2.jar",
          classPath(run("modernbert-bench/run", Map.of(), arguments)));
    }
  }

  /** Libraries of an earlier build would be found first. */
  @Test
  void aBuildLeavesNoOldJars() throws Exception {
    write("apps/cli/target/lib/picocli-3.jar", "");
    Files.setLastModifiedTime(tree.resolve("pom.xml"), LATER);
    assertFalse(classPath(run("modernbert", Map.of())).contains("picocli-3"));
  }

  /** A java that makes what it is told to, and notes each time. */
  private void javaThatMakesCaches(String bytes) throws IOException {
    script(
        "jdk/bin/java",
        """
        for argument; do
          case $argument in -XX:AOTCacheOutput=*)
            echo made >>%1$s/caches
            printf '%2$s' >"${argument#*=}" ;;
          esac
        done
        printf '%%s\\n' "$LC_ALL" "$@"
        """
            .formatted(tree.toRealPath(), bytes));
  }

  private int caches() throws IOException {
    Path caches = tree.resolve("caches");
    return Files.exists(caches) ? Files.readAllLines(caches).size() : 0;
  }

  private boolean startsWithCache() throws Exception {
    return run("modernbert", Map.of(), "info").stream()
        .anyMatch(a -> a.startsWith("-XX:AOTCache="));
  }

  @Test
  void aCacheOfClassesIsMadeOnceForEachJdkAndBuild() throws Exception {
    javaThatMakesCaches("cache");
    assertTrue(startsWithCache());
    assertTrue(startsWithCache());
    assertEquals(1, caches());
    write("jdk/release", "JAVA_VERSION=\"25.0.2\"\n");
    assertTrue(startsWithCache());
    assertTrue(startsWithCache());
    assertEquals(2, caches());
    Path jar = tree.resolve("apps/cli/target/lib/modernbert-core-1.2.jar");
    Files.writeString(jar, "longer");
    assertTrue(startsWithCache());
    assertTrue(startsWithCache());
    assertEquals(3, caches());
  }

  @Test
  void withoutACacheTheProgramStartsAllTheSame() throws Exception {
    javaThatMakesCaches("");
    assertFalse(startsWithCache());
    assertFalse(startsWithCache());
    assertEquals(1, caches());
  }

  /** A name of a locale says nothing if it is not installed: Java would take all for ASCII. */
  @Test
  void namesAreDecodedAsUtf8InAnyLocale() throws Exception {
    assumeTrue(hasUtf8Locale(), "there is C.UTF-8");
    for (Map<String, String> locale :
        List.of(
            Map.of("LC_ALL", "xx_YY.UTF-8"),
            Map.of("LANG", "xx_YY.utf8"),
            Map.of("LC_ALL", "POSIX"),
            Map.of("LC_CTYPE", "xx", "LANG", "C.UTF-8"),
            Map.of("LC_TIME", "xx_YY.UTF-8", "LANG", "C.UTF-8"),
            Map.<String, String>of())) {
      assertEquals("C.UTF-8", run("modernbert", locale).getFirst(), locale.toString());
      assertFalse(read("err.txt").contains("setlocale"), () -> locale + read("err.txt"));
    }
    assertEquals("", run("modernbert", Map.of("LANG", "C.UTF-8")).getFirst());
  }

  /** A program "locale" on a machine that has none but C. */
  @Test
  void whereThereIsNoLocaleNobodyComplains() throws Exception {
    script(
        "bin/locale",
        """
        case ${LC_ALL-} in
          C) echo ANSI_X3.4-1968 ;;
          *) echo "locale: Cannot set LC_CTYPE to default locale" >&2; echo ANSI_X3.4-1968 ;;
        esac
        """);
    String path = tree.resolve("bin") + ":" + System.getenv("PATH");
    for (String locale : List.of("xx_YY.UTF-8", "C", "")) {
      Map<String, String> environment = Map.of("PATH", path, "LC_ALL", locale);
      assertEquals("C", run("modernbert", environment).getFirst(), locale);
      assertEquals("", read("err.txt"), locale);
    }
  }

  private static boolean hasUtf8Locale() throws Exception {
    var builder = new ProcessBuilder("locale", "charmap");
    builder.environment().put("LC_ALL", "C.UTF-8");
    return new String(builder.start().getInputStream().readAllBytes()).strip().equals("UTF-8");
  }

  /** Options that pages show for {@code JAVA_TOOL_OPTIONS} are such as the JVM takes there. */
  @Test
  void optionsForEnvironmentVariablesStartAJvm() throws Exception {
    List<String> options =
        MarkdownFile.blocks("sh").stream()
            .flatMap(block -> block.text().lines())
            .filter(line -> line.startsWith("JAVA_TOOL_OPTIONS="))
            .map(line -> line.split("\"")[1])
            .toList();
    assertFalse(options.isEmpty());
    for (String value : options) {
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      var builder = new ProcessBuilder(java, "-version").redirectErrorStream(true);
      builder.environment().put("JAVA_TOOL_OPTIONS", value);
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes());
      assertEquals(0, process.waitFor(), output);
    }
  }
}
