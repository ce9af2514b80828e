package io.github.modernbert.cli;

import io.github.modernbert.cli.commands.ModernBertCommand;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.LogLines;
import java.util.Arrays;
import picocli.CommandLine;

/** The program: exit code 0 if all went well, 1 for failures, 2 for wrong usage. */
public final class Main {
  /** The system property that names how the JVM decodes arguments and file names. */
  private static final String ENCODING = "sun.jnu.encoding";

  private static final String UTF_8 = "UTF-8";

  private Main() {}

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    Console console = Console.ofProcess();
    LogLines.install(console);
    System.exit(run(console, args));
  }

  static int run(Console console, String... args) {
    if (!areDecoded(args)) {
      console
          .err()
          .println(
              "modernbert: an argument has letters that this JVM cannot read, which takes arguments"
                  + " for %s: set the environment variable LC_ALL to a UTF-8 locale, such as C.UTF-8"
                      .formatted(System.getProperty(ENCODING)));
      return CommandLine.ExitCode.USAGE;
    }
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

  /**
   * Java puts U+FFFD in the place of letters that it cannot decode; a text would be read so without
   * a word. In UTF-8 it is a character like others.
   */
  private static boolean areDecoded(String[] args) {
    return System.getProperty(ENCODING, UTF_8).equals(UTF_8)
        || Arrays.stream(args).noneMatch(argument -> argument.indexOf('\uFFFD') >= 0);
  }
}
