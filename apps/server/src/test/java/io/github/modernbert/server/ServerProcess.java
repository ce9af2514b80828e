package io.github.modernbert.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own. */
final class ServerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader err;
  private final List<String> lines = new ArrayList<>();

  private ServerProcess(Process process) {
    this.process = process;
    this.err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
  }

  static ServerProcess start(String... flags) {
    return startWith(List.of(), flags);
  }

  /** Starts the program with flags of the JVM before its own. */
  static ServerProcess startWith(List<String> jvmFlags, String... flags) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(jvmFlags);
    command.addAll(
        List.of(
            "-Dmodernbert.codegen=false",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(flags));
    try {
      return new ServerProcess(new ProcessBuilder(command).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what it says until a line holds a text; what stands behind that text. */
  String awaitLine(String text) {
    try {
      for (String line; (line = err.readLine()) != null; ) {
        lines.add(line);
        int at = line.indexOf(text);
        if (at >= 0) {
          return line.substring(at + text.length());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("no line with '" + text + "' in " + lines);
  }

  /** Sends the signal TERM. */
  void terminate() {
    // Not the destroy of the process, which closes its streams too.
    process.toHandle().destroy();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process does not end; it said " + lines);
    }
    return process.exitValue();
  }

  /** All lines that it said, once it has ended. */
  List<String> lines() {
    err.lines().forEach(lines::add);
    return lines;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
