package io.github.modernbert.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.modernbert.cli.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The exit code and the output of a command. */
record CliRun(int exitCode, byte[] bytes, String err) {
  static CliRun of(String... args) {
    return with(new byte[0], args);
  }

  static CliRun with(byte[] in, String... args) {
    return on(in, false, args);
  }

  /** Runs a command whose standard output is a terminal. */
  static CliRun onTerminal(String... args) {
    return on(new byte[0], true, args);
  }

  private static CliRun on(byte[] in, boolean terminal, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new StringWriter();
    var console =
        new Console(
            new ByteArrayInputStream(in), out, new PrintWriter(err, true), false, terminal, false);
    int exitCode = Main.run(console, args);
    return new CliRun(exitCode, out.toByteArray(), err.toString());
  }

  String out() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The lines of a run that went well. */
  List<String> lines() {
    if (exitCode != 0) {
      throw new AssertionError("exit code " + exitCode + ": " + err);
    }
    return out().lines().toList();
  }

  List<JsonObject> json() {
    return lines().stream().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }
}
