package io.github.modernbert.cli.console;

import io.github.modernbert.hub.DownloadListener;
import io.github.modernbert.hub.DownloadProgress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Shows on a terminal how far a download has come, on one line that it takes away at the end. */
public final class DownloadBar implements DownloadListener, AutoCloseable {
  private static final double MEGABYTE = 1e6;
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  private final StatusLine line;

  /** The number of bytes that were there before the first came; it does not count for the speed. */
  private long before = -1;

  public DownloadBar(PrintWriter err, boolean visible) {
    line = new StatusLine(err, visible);
  }

  @Override
  public void progressed(DownloadProgress progress) {
    long done = progress.done();
    before = before < 0 ? done : Math.min(before, done);
    line.show(
        () -> text(progress.file(), done, progress.total(), (done - before) / line.seconds()));
  }

  /**
   * Whether the environment wants bars: {@code HF_HUB_DISABLE_PROGRESS_BARS} takes them away, as
   * for the Python client.
   */
  public static boolean isWanted(Map<String, String> environment) {
    String disabled = environment.getOrDefault("HF_HUB_DISABLE_PROGRESS_BARS", "").strip();
    return !TRUE.contains(disabled.toUpperCase(Locale.ROOT));
  }

  /** The text that is shown. */
  public static String text(String file, long done, long total, double bytesPerSecond) {
    return StatusLine.bar(done, total)
        + String.format(
            Locale.ROOT,
            "%,.1f of %,.1f MB (%,.1f MB/s) %s",
            done / MEGABYTE,
            total / MEGABYTE,
            bytesPerSecond / MEGABYTE,
            file);
  }

  @Override
  public void close() {
    line.close();
  }
}
