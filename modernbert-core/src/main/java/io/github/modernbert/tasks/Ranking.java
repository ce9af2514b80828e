package io.github.modernbert.tasks;

import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/** The order in which results are given out. */
public final class Ranking {
  private Ranking() {}

  /**
   * Orders by score: the highest first, what is not a number last. Zeros are equal whatever their
   * sign. A stable sort leaves equal scores in their order, and so those that are not numbers.
   */
  public static <T> Comparator<T> bestFirst(ToDoubleFunction<? super T> score) {
    return (a, b) -> compare(score.applyAsDouble(a), score.applyAsDouble(b));
  }

  private static int compare(double a, double b) {
    if (a > b) {
      return -1;
    }
    if (a < b) {
      return 1;
    }
    return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
  }
}
