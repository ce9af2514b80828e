package io.github.modernbert.cli.output;

import io.github.modernbert.cli.console.Console;
import java.io.IOException;
import java.io.Writer;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/** The best lines of those seen so far; of equal ones the earlier, and what is no number last. */
public final class BestLines {
  private static final Comparator<Line> BEST_FIRST =
      Comparator.comparing((Line line) -> Float.isNaN(line.score()))
          .thenComparing(Comparator.comparingDouble(Line::score).reversed())
          .thenComparingLong(Line::number);

  private final int most;
  private final PriorityQueue<Line> kept = new PriorityQueue<>(BEST_FIRST.reversed());

  public BestLines(int most) {
    this.most = most;
  }

  /**
   * A line of a file.
   *
   * @param number from 1
   */
  public record Line(long number, float score, String text) {}

  public void add(Line line) {
    kept.add(line);
    if (kept.size() > most) {
      kept.remove();
    }
  }

  /** Best first. */
  List<Line> ranked() {
    return kept.stream().sorted(BEST_FIRST).toList();
  }

  /** Writes score, number and text of each, best first; or a line of JSON. */
  public void print(Console console, boolean json) throws IOException {
    Writer out = console.text();
    List<Line> hits = ranked();
    int width = hits.stream().mapToInt(h -> String.valueOf(h.number()).length()).max().orElse(1);
    for (int i = 0; i < hits.size(); i++) {
      Line hit = hits.get(i);
      out.write(
          json
              ? new JsonLine()
                  .with("rank", i + 1)
                  .with("score", hit.score())
                  .with("line", hit.number())
                  .with("text", hit.text())
                  .line()
              : String.format(
                  Locale.ROOT,
                  "%.4f  %" + width + "d  %s\n",
                  hit.score(),
                  hit.number(),
                  hit.text()));
    }
    out.flush();
  }
}
