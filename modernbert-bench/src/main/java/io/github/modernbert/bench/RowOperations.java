package io.github.modernbert.bench;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import java.lang.foreign.Arena;

/** What is done to rows between products, over about as many rows as a worker has at a time. */
final class RowOperations implements AutoCloseable {
  private static final int ROWS = 128;
  private static final int HIDDEN = 768;
  private static final int INTERMEDIATE = 1152;
  private static final float EPSILON = 1e-5f;
  private static final double NORM_TOLERANCE = 1e-5;

  private final Kernels kernels;
  private final Arena arena = Arena.ofShared();
  private final Matrix x;
  private final LayerNorm norm;
  private final Matrix normed = Matrix.allocate(arena, ROWS, HIDDEN);
  private final Matrix projected;
  private final Matrix gated = Matrix.allocate(arena, ROWS, INTERMEDIATE);

  RowOperations(Kernels kernels) {
    this.kernels = kernels;
    var inputs = new Inputs();
    x = inputs.matrix(arena, ROWS, HIDDEN, 3);
    norm = new LayerNorm(inputs.matrix(arena, 1, HIDDEN, 1), null, EPSILON);
    projected = inputs.matrix(arena, ROWS, 2 * INTERMEDIATE, 3);
  }

  void layerNorm() {
    kernels.layerNorm(x, norm, normed);
  }

  void gate() {
    kernels.gate(Activation.GELU, projected, gated);
  }

  /** Read and written by one layer norm. */
  static long layerNormBytes() {
    return 2L * ROWS * HIDDEN * Float.BYTES;
  }

  /** Read and written by one gate. */
  static long gateBytes() {
    return 3L * ROWS * INTERMEDIATE * Float.BYTES;
  }

  /** Compares with float64. */
  void checkLayerNorm() {
    for (int r = 0; r < ROWS; r++) {
      double mean = 0;
      for (float value : x.row(r)) {
        mean += value / (double) HIDDEN;
      }
      double variance = 0;
      for (float value : x.row(r)) {
        variance += (value - mean) * (value - mean) / HIDDEN;
      }
      double deviation = Math.sqrt(variance + EPSILON);
      for (int c = 0; c < HIDDEN; c++) {
        double expected = (x.get(r, c) - mean) / deviation * norm.weight().get(0, c);
        String what = "layer norm, row %d, column %d".formatted(r, c);
        Check.near(expected, normed.get(r, c), NORM_TOLERANCE, what);
      }
    }
  }

  /** Compares the bits with those of the scalar activation. */
  void checkGate() {
    for (int r = 0; r < ROWS; r++) {
      var expected = new float[INTERMEDIATE];
      for (int c = 0; c < INTERMEDIATE; c++) {
        expected[c] =
            Activation.GELU.apply(projected.get(r, c)) * projected.get(r, INTERMEDIATE + c);
      }
      Check.sameBits(expected, gated.row(r), "gate, row " + r);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
