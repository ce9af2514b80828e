package io.github.modernbert.bench;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.testdata.SyntheticModel;
import java.lang.foreign.Arena;
import java.util.Locale;

/** The operations on rows between products, over about as many rows as a worker has at a time. */
final class RowOperations implements AutoCloseable {
  private static final int ROWS = 128;
  private static final int HEAD_DIM = 64;

  /** A power of two: scaling rounds nothing. */
  private static final float SCALE = 0.125f;

  private static final float EPSILON = 1e-5f;
  private static final double NORM_TOLERANCE = 1e-5;
  private static final double QUERY_TOLERANCE = 1e-6;

  private final Kernels kernels;
  private final int hidden;
  private final int intermediate;
  private final Arena arena = Arena.ofShared();
  private final Matrix x;
  private final LayerNorm norm;
  private final Matrix normed;
  private final Matrix projected;
  private final Matrix activated;
  private final Matrix qkv;
  private final Rotary rotary;
  private final Matrix queries;
  private final KeyValues keyValues;

  /**
   * @param model {@code base} or {@code large}: sets the widths
   */
  RowOperations(Kernels kernels, String model) {
    this.kernels = kernels;
    var shape = SyntheticModel.valueOf(model.toUpperCase(Locale.ROOT));
    hidden = shape.hiddenSize();
    intermediate = shape.intermediateSize();
    var inputs = new Inputs();
    x = inputs.matrix(arena, ROWS, hidden, 3);
    norm = new LayerNorm(inputs.matrix(arena, 1, hidden, 1), null, EPSILON);
    normed = Matrix.allocateBlocks(arena, ROWS, hidden);
    projected = inputs.matrix(arena, ROWS, intermediate, 3);
    activated = Matrix.allocate(arena, ROWS, intermediate);
    qkv = inputs.blocks(arena, ROWS, 3 * hidden, 3);
    rotary =
        new Rotary(
            inputs.matrix(arena, ROWS, HEAD_DIM / 2, 1),
            inputs.matrix(arena, ROWS, HEAD_DIM / 2, 1));
    queries = Matrix.allocateBlocks(arena, ROWS, hidden);
    int[] cuSeqlens = {0, ROWS};
    keyValues =
        kernels.keyValues(arena, KeyValues.paddedTokens(cuSeqlens), hidden / HEAD_DIM, HEAD_DIM);
    keyValues.reset(cuSeqlens);
  }

  void layerNorm() {
    kernels.layerNorm(x, norm, normed);
  }

  void gelu() {
    // Not in place: the activation of an activation is another input each time.
    activated.segment().copyFrom(projected.segment());
    kernels.activate(Activation.GELU, activated);
  }

  void splitHeads() {
    kernels.splitHeads(qkv, 0, rotary, SCALE, queries, keyValues.sequence(0));
  }

  /** Read and written by one layer norm. */
  long layerNormBytes() {
    return 2L * ROWS * hidden * Float.BYTES;
  }

  /** Read and written by one activation; the copy of its input is not counted. */
  long geluBytes() {
    return 2L * ROWS * intermediate * Float.BYTES;
  }

  /** Read and written by one split; the tables of angles are not counted. */
  long splitHeadsBytes() {
    return 6L * ROWS * hidden * Float.BYTES;
  }

  /** Compares with float64. */
  void checkLayerNorm() {
    for (int r = 0; r < ROWS; r++) {
      double mean = 0;
      for (float value : x.row(r)) {
        mean += value / (double) hidden;
      }
      double variance = 0;
      for (float value : x.row(r)) {
        variance += (value - mean) * (value - mean) / hidden;
      }
      double deviation = Math.sqrt(variance + EPSILON);
      for (int c = 0; c < hidden; c++) {
        double expected = (x.get(r, c) - mean) / deviation * norm.weight().get(0, c);
        String what = "layer norm, row %d, column %d".formatted(r, c);
        Check.near(expected, normed.get(r, c), NORM_TOLERANCE, what);
      }
    }
  }

  /** Compares the bits with those of the scalar activation. */
  void checkGelu() {
    for (int r = 0; r < ROWS; r++) {
      var expected = new float[intermediate];
      for (int c = 0; c < intermediate; c++) {
        expected[c] = Activation.GELU.apply(projected.get(r, c));
      }
      Check.sameBits(expected, activated.row(r), "GELU, row " + r);
    }
  }

  /** Compares the queries with float64; keys and values are checked with {@link Attention}. */
  void checkSplitHeads() {
    int half = HEAD_DIM / 2;
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < hidden; c++) {
        int j = c % HEAD_DIM;
        double cos = rotary.cos().get(r, j % half);
        double sin = rotary.sin().get(r, j % half);
        double turned = j < half ? -qkv.get(r, c + half) : qkv.get(r, c - half);
        double expected = (qkv.get(r, c) * cos + turned * sin) * SCALE;
        String what = "queries, row %d, column %d".formatted(r, c);
        Check.near(expected, queries.get(r, c), QUERY_TOLERANCE, what);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
