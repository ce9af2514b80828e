package io.github.modernbert.cli.console;

import io.github.modernbert.Progress;
import io.github.modernbert.ProgressListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;

/** Shows on a terminal how far a long call has come, on one line that it takes away at the end. */
public final class ProgressBar implements ProgressListener, AutoCloseable {
  private final StatusLine line;
  private final OptionalLong total;
  private long texts;
  private long tokens;

  /**
   * @param visible whether to draw at all
   * @param total how many texts there are, if that is known
   */
  public ProgressBar(PrintWriter err, boolean visible, OptionalLong total) {
    line = new StatusLine(err, visible);
    this.total = total;
  }

  @Override
  public void progressed(Progress progress) {
    texts = progress.done();
    tokens = progress.tokens();
    line.show(() -> bar() + summary());
  }

  private String bar() {
    return total.isEmpty() || total.getAsLong() == 0
        ? ""
        : StatusLine.bar(texts, total.getAsLong());
  }

  /** How much was done, and how fast. */
  public String summary() {
    double seconds = line.seconds();
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
  public void erase() {
    line.close();
  }

  @Override
  public void close() {
    erase();
  }
}
