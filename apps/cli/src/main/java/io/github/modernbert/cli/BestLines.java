package io.github.modernbert.cli;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The best lines of those seen so far; of equal ones the earlier. */
final class BestLines {
  private static final Comparator<Line> BEST_FIRST =
      Comparator.comparingDouble(Line::score).reversed().thenComparingLong(Line::number);

  private final int most;
  private final PriorityQueue<Line> kept = new PriorityQueue<>(BEST_FIRST.reversed());

  BestLines(int most) {
    this.most = most;
  }

  /**
   * A line of a file.
   *
   * @param number from 1
   */
  record Line(long number, float score, String text) {}

  void add(Line line) {
    kept.add(line);
    if (kept.size() > most) {
      kept.remove();
    }
  }

  /** Best first. */
  List<Line> ranked() {
    return kept.stream().sorted(BEST_FIRST).toList();
  }
}
