package io.github.modernbert.cli.console;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.hub.HubException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** One line on standard error for whatever goes wrong, and the exit code. */
public final class Messages {
  /** As a shell reports a program that Ctrl-C has ended. */
  private static final int INTERRUPTED = 130;

  private static final int MOST_WRONG_LETTERS = 2;

  private Messages() {}

  public static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .printf("%s: %s%s (see '%s --help')%n", name, oneLine(e.getMessage()), suggestion(e), name);
    if (isVerbose(command) && e.getCause() != null) {
      e.printStackTrace(command.getErr());
    }
    return ExitCode.USAGE;
  }

  private static String suggestion(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String given = unmatched.getUnmatched().getFirst();
      String near =
          unmatched.getSuggestions().stream()
              .filter(name -> isNear(given, name))
              .limit(3)
              .collect(Collectors.joining(", "));
      return near.isEmpty() ? "" : "; did you mean " + near + "?";
    }
    return "";
  }

  /** Whether a word may have been meant by another: one begins the other, or few letters differ. */
  private static boolean isNear(String given, String name) {
    return given.startsWith(name)
        || name.startsWith(given)
        || editDistance(given, name) <= MOST_WRONG_LETTERS;
  }

  /** How many letters must be put in, left out or replaced (Levenshtein). */
  private static int editDistance(String a, String b) {
    int[] row = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 0; i < a.length(); i++) {
      int diagonal = row[0]++;
      for (int j = 0; j < b.length(); j++) {
        int replaced = diagonal + (a.charAt(i) == b.charAt(j) ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = Math.min(replaced, 1 + Math.min(row[j], diagonal));
      }
    }
    return row[b.length()];
  }

  public static int failure(Exception e, CommandLine command, ParseResult parsed) {
    Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
    if (cause instanceof StandardOutput.ReaderGoneException) {
      return ExitCode.OK;
    }
    if (cause instanceof CancellationException || cause instanceof ClosedByInterruptException) {
      return INTERRUPTED;
    }
    command.getErr().println("modernbert: " + oneLine(describe(cause)));
    if (isVerbose(command)) {
      e.printStackTrace(command.getErr());
    }
    return ExitCode.SOFTWARE;
  }

  private static String describe(Throwable e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": file not found";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException file -> file.getFile() + ": " + reason(file);
      case ModelFileException model -> String.valueOf(model.getMessage());
      case HubException hub -> String.valueOf(hub.getMessage());
      case CommandException failure -> String.valueOf(failure.getMessage());
      case IllegalArgumentException argument -> String.valueOf(argument.getMessage());
      case UnsupportedOperationException unsupported -> String.valueOf(unsupported.getMessage());
      case IOException io -> String.valueOf(io.getMessage());
      default -> "internal error, --verbose shows where: " + e;
    };
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
  }

  private static String oneLine(@Nullable String message) {
    return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  public static boolean isVerbose(CommandLine command) {
    ParseResult parsed = command.getParseResult();
    return parsed != null && parsed.hasMatchedOption("--verbose")
        || command.getParent() != null && isVerbose(command.getParent());
  }
}
