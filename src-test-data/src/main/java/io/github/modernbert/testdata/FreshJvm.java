package io.github.modernbert.testdata;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A JVM of its own that runs a class of a test, for what depends on its start or its flags. */
public final class FreshJvm {
  private FreshJvm() {}

  /** The command line that runs a class on the class path of this JVM. */
  public static List<String> command(List<String> flags, Class<?> program) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    return command;
  }

  /**
   * Runs a class, and ends its process when all it prints has been taken, or taking has failed.
   *
   * @param line takes each line of its output and its errors
   */
  public static void run(List<String> flags, Class<?> program, Consumer<String> line)
      throws IOException {
    Process child = new ProcessBuilder(command(flags, program)).redirectErrorStream(true).start();
    try (BufferedReader output = child.inputReader()) {
      output.lines().forEach(line);
    } finally {
      child.destroyForcibly();
    }
  }
}
