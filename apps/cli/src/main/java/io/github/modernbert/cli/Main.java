package io.github.modernbert.cli;

import io.github.modernbert.cli.commands.ModernBertCommand;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.LogLines;
import picocli.CommandLine;

/** The program: exit code 0 if all went well, 1 for failures, 2 for wrong usage. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    Console console = Console.ofProcess();
    LogLines.install(console);
    System.exit(run(console, args));
  }

  static int run(Console console, String... args) {
    CommandLine commands = ModernBertCommand.create(console, args);
    try {
      return commands.execute(args);
    } catch (OutOfMemoryError e) {
      console
          .err()
          .println(
              "modernbert: not enough memory (%s); a smaller --token-budget needs less, and"
                      .formatted(e.getMessage())
                  + " MODERNBERT_JAVA_OPTIONS=-Xmx8g gives more");
      return CommandLine.ExitCode.SOFTWARE;
    }
  }
}
