package io.github.modernbert.cli.console;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Prints what the library logs, as one line each among the other messages of the program. */
public final class LogLines extends Handler {
  private static final Formatter FORMATTER = new SimpleFormatter();

  /**
   * Names keys of files that the reference ignores as well: of interest to whoever makes a model,
   * not to whoever runs a command. Held, since loggers that nobody holds forget their level.
   */
  private static final Logger TOKENIZERS = Logger.getLogger("io.github.modernbert.tokenizer");

  private final PrintWriter err;
  private final boolean terminal;

  private LogLines(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Takes the place of the JDK's own handlers, unless the user has configured some. */
  public static void install(Console console) {
    if (System.getProperty("java.util.logging.config.file") == null
        && System.getProperty("java.util.logging.config.class") == null) {
      LogManager.getLogManager().reset();
      TOKENIZERS.setLevel(Level.WARNING);
      var handler = new LogLines(console.err(), console.errIsTerminal());
      Logger.getLogger("").addHandler(handler);
    }
  }

  @Override
  public void publish(LogRecord entry) {
    if (isLoggable(entry)) {
      String kind =
          entry.getLevel().intValue() > Level.INFO.intValue()
              ? entry.getLevel().getName().toLowerCase(Locale.ROOT) + ": "
              : "";
      String text = FORMATTER.formatMessage(entry).strip().replaceAll("\\s*\\R\\s*", " ");
      err.println((terminal ? StatusLine.ERASE_LINE : "") + "modernbert: " + kind + text);
    }
  }

  @Override
  public void flush() {
    err.flush();
  }

  @Override
  public void close() {
    flush();
  }
}
