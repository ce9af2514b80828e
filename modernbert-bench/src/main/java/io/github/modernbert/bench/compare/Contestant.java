package io.github.modernbert.bench.compare;

import java.util.List;
import java.util.Map;

/** A loaded model that is measured. */
interface Contestant extends AutoCloseable {
  /** Seconds it took to load. */
  double loadSeconds();

  /** Names and versions of the software at work. */
  Map<String, String> versions();

  /** The settings that it was told, and what it says about itself. */
  String settings();

  /** Takes texts and the batches to compute them in. */
  void prepare(List<int[]> texts, List<List<Integer>> batches);

  /**
   * Computes all vectors so many times, from token ids in arrays to averaged vectors.
   *
   * @return the seconds of each time
   */
  double[] run(int times);

  /** The vectors of the last run, in the order of the texts. */
  float[][] vectors();

  /** The memory that its process takes. */
  Memory memory();

  @Override
  void close();
}
