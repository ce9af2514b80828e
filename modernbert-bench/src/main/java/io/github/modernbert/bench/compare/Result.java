package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.compare.Peer.Precision;
import java.util.List;

/**
 * The time and the memory that one contestant needed for one workload.
 *
 * @param threads how many could compute
 * @param workload its name
 * @param contestant its name
 * @param precision of its numbers
 * @param batching how texts were put into batches
 * @param tokens real ones, of one run
 * @param paddedTokens what padding makes of them; a contestant that does not pad computes fewer
 * @param flops that the model needs for the real tokens
 * @param seconds of each run
 * @param memory of its process after the last one; ours has the benchmark in it as well
 */
record Result(
    int threads,
    String workload,
    String contestant,
    Precision precision,
    Batching batching,
    long tokens,
    long paddedTokens,
    double flops,
    List<Double> seconds,
    Memory memory) {
  static final String OURS = "ours";

  /** Whether it is this library's. */
  boolean isOurs() {
    return contestant.equals(OURS);
  }

  /** Whether both had the same to do. */
  boolean isOfTheSameContest(Result other) {
    return threads == other.threads && workload.equals(other.workload);
  }

  /** The median. */
  double medianSeconds() {
    return percentile(50);
  }

  /** Real tokens a second, by the median. */
  double tokensPerSecond() {
    return tokens / medianSeconds();
  }

  /**
   * The seconds that so many percent of the runs do not exceed; the median of two is their mean.
   */
  double percentile(double percent) {
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double at = percent / 100 * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
