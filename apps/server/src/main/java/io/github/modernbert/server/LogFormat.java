package io.github.modernbert.server;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.modernbert.server.config.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line of text, or one JSON object, on standard error for whatever is logged. */
final class LogFormat extends Formatter {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** Jetty warns of every malformed request, with a part of it; clients are told anyway. */
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  private final boolean json;

  private LogFormat(boolean json) {
    this.json = json;
  }

  static void install(Settings.Logging settings) {
    Level level =
        switch (settings.level()) {
          case ALL, TRACE, DEBUG -> Level.FINE;
          case INFO -> Level.INFO;
          case WARNING -> Level.WARNING;
          case ERROR -> Level.SEVERE;
          case OFF -> Level.OFF;
        };
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var handler = new ConsoleHandler();
    handler.setFormatter(new LogFormat(settings.json()));
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.INFO.intValue() > level.intValue() ? Level.INFO : level);
    Logger.getLogger("io.github.modernbert").setLevel(level);
    JETTY.setLevel(Level.SEVERE);
  }

  @Override
  public String format(LogRecord log) {
    String time = log.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
    String stackTrace = "";
    if (log.getThrown() != null) {
      var text = new StringWriter();
      log.getThrown().printStackTrace(new PrintWriter(text));
      stackTrace = text.toString();
    }
    if (!json) {
      String line =
          "%s %s %s%n".formatted(time, level(log), formatMessage(log).replaceAll("\\R", " "));
      return line + stackTrace;
    }
    Map<String, String> object = new LinkedHashMap<>();
    object.put("timestamp", time);
    object.put("level", level(log));
    object.put("message", formatMessage(log));
    object.put("logger", String.valueOf(log.getLoggerName()));
    if (!stackTrace.isEmpty()) {
      object.put("stack_trace", stackTrace);
    }
    return GSON.toJson(object) + "\n";
  }

  private static String level(LogRecord log) {
    int level = log.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }
}
