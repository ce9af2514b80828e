package io.github.modernbert.examples.lucene;

import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program; {@code examples/lucene/run} starts it. */
@Command(
    name = "run",
    description = "Searches a folder of text with Lucene and ModernBERT.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {IndexCommand.class, SearchCommand.class},
    footer = {
      "",
      "Examples",
      "  run index examples/lucene/texts",
      "  run search \"Where can I get my shoes repaired?\"",
      "  run search --mode bm25 --rerank \"opening hours of the library\"",
    })
public final class Main {
  /** Kept, for a logger that nobody holds forgets its level. */
  private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

  private Main() {}

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    LUCENE.setLevel(Level.WARNING);
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler((e, command, parsed) -> {
          command.getErr().println("run: " + message(e));
          return CommandLine.ExitCode.SOFTWARE;
        });
  }

  private static String message(Exception e) {
    return switch (e) {
      case NotDirectoryException missing -> missing.getFile() + " is not a folder";
      case FileSystemException file when file.getReason() != null ->
          file.getFile() + ": " + file.getReason();
      default -> e.toString().replaceFirst("^[\\w.]+Exception: ", "");
    };
  }
}
