package io.github.modernbert.bench.compare;

import java.util.List;
import java.util.Map;

/**
 * A loaded model in this process. Public for {@code OnnxRuntimePeer}, which is no part of the
 * build.
 */
public interface Model extends AutoCloseable {
  /** Names and versions of the software at work. */
  Map<String, String> versions();

  /** The settings that it was told, and what it says about itself. */
  String settings();

  /**
   * The vectors of a batch: the means of the last hidden states of each text.
   *
   * @param texts token ids
   */
  float[][] embed(List<int[]> texts);

  @Override
  void close();
}
