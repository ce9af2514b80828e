package io.github.modernbert.checks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The output of a process. */
record Launched(List<String> out, String err) {
  private static final long SECONDS = 120;
  private static final String JAVA_HOME = System.getProperty("java.home");

  /** Runs Java with these arguments. */
  static Launched java(Path folder, List<String> arguments) throws Exception {
    return run(folder, Path.of(JAVA_HOME, "bin", "java").toString(), arguments);
  }

  /** Runs the Maven that runs this build, on the JDK of the tests. */
  static Launched maven(Path folder, List<String> arguments) throws Exception {
    String name = File.separatorChar == '/' ? "mvn" : "mvn.cmd";
    return run(
        folder, Path.of(System.getProperty("modernbert.maven"), "bin", name).toString(), arguments);
  }

  private static Launched run(Path folder, String program, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(program);
    command.addAll(arguments);
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", JAVA_HOME);
    // Maven is done before C2 is of use.
    builder.environment().put("MAVEN_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    // What the outer build was told, such as another local repository, is not for this one.
    List.of("MAVEN_ARGS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "CLASSPATH")
        .forEach(builder.environment()::remove);
    Process process = builder.start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(command + " takes longer than " + SECONDS + " s");
      }
    } finally {
      process.destroyForcibly();
    }
    var result = new Launched(Files.readAllLines(out), Files.readString(err));
    if (process.exitValue() != 0) {
      throw new AssertionError(
          "%s ended with %d%n%s%n%s"
              .formatted(command, process.exitValue(), String.join("\n", result.out), result.err));
    }
    return result;
  }
}
