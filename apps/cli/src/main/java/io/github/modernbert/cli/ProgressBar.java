package io.github.modernbert.cli;

import io.github.modernbert.ProgressListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/** Shows on a terminal how far a long call has come, on one line that it takes away at the end. */
final class ProgressBar implements ProgressListener, AutoCloseable {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();

  /** Nothing is shown of what is done sooner. */
  private static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();

  private static final String ERASE_LINE = "\r\u001B[K";

  private final PrintWriter err;
  private final boolean visible;
  private final OptionalLong total;
  private final long start = System.nanoTime();
  private long redrawn = start + FIRST_NANOS - REDRAW_NANOS;
  private boolean drawn;
  private long texts;
  private long tokens;

  /**
   * @param visible whether to draw at all
   * @param total how many texts there are, if that is known
   */
  ProgressBar(PrintWriter err, boolean visible, OptionalLong total) {
    this.err = err;
    this.visible = visible;
    this.total = total;
  }

  @Override
  public void done(long doneTexts, long doneTokens) {
    texts = doneTexts;
    tokens = doneTokens;
    long now = System.nanoTime();
    if (visible && now - redrawn >= REDRAW_NANOS) {
      redrawn = now;
      drawn = true;
      err.print(ERASE_LINE + bar() + summary());
      err.flush();
    }
  }

  private String bar() {
    if (total.isEmpty() || total.getAsLong() == 0) {
      return "";
    }
    double share = Math.min(1, (double) texts / total.getAsLong());
    int full = (int) (share * WIDTH);
    return String.format(
        Locale.ROOT, "%3.0f%% [%s%s] ", share * 100, "=".repeat(full), " ".repeat(WIDTH - full));
  }

  /** How much was done, and how fast. */
  String summary() {
    double seconds = (System.nanoTime() - start) / (double) Duration.ofSeconds(1).toNanos();
    return String.format(
        Locale.ROOT,
        "%,d texts, %,d tokens in %.1f s (%,.0f texts/s, %,.0f tokens/s)",
        texts,
        tokens,
        seconds,
        texts / seconds,
        tokens / seconds);
  }

  /** Takes the line away. */
  void erase() {
    if (drawn) {
      drawn = false;
      err.print(ERASE_LINE);
      err.flush();
    }
  }

  @Override
  public void close() {
    erase();
  }
}
