package io.github.modernbert.kernels;

import java.lang.foreign.Arena;

/** Memory that one thread needs inside a kernel. */
public final class Scratch {
  /** One more vector than a key block, so that rows do not fall into the same cache sets. */
  private static final int SCORE_COLUMNS = Kernels.KEY_BLOCK + Matrix.ROW_PADDING;

  final Matrix tile;
  final Matrix block;
  final Matrix scores;
  final Matrix weighted;
  final Matrix sums;
  final Matrix lanes;
  final float[] maxima = new float[Kernels.QUERY_BLOCK];
  final float[] scales = new float[Kernels.QUERY_BLOCK];
  final float[] reduction = new float[Reduction.LANES];

  /**
   * @param headDim the head dim of the model
   */
  public Scratch(Arena arena, int headDim) {
    tile = Matrix.allocate(arena, Kernels.QUERY_BLOCK, Matrix.ROW_PADDING);
    block = Matrix.allocate(arena, Kernels.QUERY_BLOCK, Matrix.ROW_PADDING);
    scores = Matrix.allocate(arena, Kernels.QUERY_BLOCK, SCORE_COLUMNS);
    weighted = Matrix.allocate(arena, Kernels.QUERY_BLOCK, headDim);
    sums = Matrix.allocate(arena, Kernels.QUERY_BLOCK, headDim);
    lanes = Matrix.allocate(arena, Kernels.QUERY_BLOCK, Reduction.LANES);
  }
}
