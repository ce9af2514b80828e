package io.github.modernbert.cli.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** A line on a terminal that tells how far something has come, and is taken away at the end. */
final class StatusLine implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();

  /** The time before which nothing is shown. */
  private static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

  static final String ERASE_LINE = "\r\u001B[K";

  private final PrintWriter err;
  private final boolean visible;
  private final long start = System.nanoTime();
  private long redrawn = start + FIRST_NANOS - REDRAW_NANOS;
  private final Thread onExit = new Thread(this::end, "status-line");
  private boolean drawn;
  private boolean ended;

  /**
   * @param visible whether to draw at all
   */
  StatusLine(PrintWriter err, boolean visible) {
    this.err = err;
    this.visible = visible;
  }

  /** Draws the line again, unless it was drawn a short time ago. */
  synchronized void show(Supplier<String> line) {
    long now = System.nanoTime();
    if (visible && !ended && now - redrawn >= REDRAW_NANOS) {
      redrawn = now;
      drawn = drawn || addHook();
      if (drawn) {
        err.print(ERASE_LINE + line.get());
        err.flush();
      }
    }
  }

  /** How long it has been there. */
  double seconds() {
    return (System.nanoTime() - start) / (double) Duration.ofSeconds(1).toNanos();
  }

  /** How much of something is done, as a number and as a bar. */
  static String bar(long done, long total) {
    double share = Math.min(1, (double) done / total);
    int full = (int) (share * WIDTH);
    return String.format(
        Locale.ROOT, "%3.0f%% [%s%s] ", share * 100, "=".repeat(full), " ".repeat(WIDTH - full));
  }

  /** Lets Ctrl-C take the line away; false if the process is ending already. */
  private boolean addHook() {
    try {
      Runtime.getRuntime().addShutdownHook(onExit);
      return true;
    } catch (IllegalStateException e) {
      ended = true;
      return false;
    }
  }

  /** Takes the line away, and lets no other come. */
  private synchronized void end() {
    ended = true;
    erase();
  }

  private void erase() {
    if (drawn) {
      drawn = false;
      err.print(ERASE_LINE);
      err.flush();
    }
  }

  /** Takes the line away. */
  @Override
  public synchronized void close() {
    if (drawn) {
      erase();
      try {
        Runtime.getRuntime().removeShutdownHook(onExit);
      } catch (IllegalStateException e) {
        // The process is ending: the hook finds nothing to do.
        ended = true;
      }
    }
  }
}
