package io.github.modernbert.bench;

import io.github.modernbert.kernels.BFloat16;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Quantization;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows times a weight matrix. Several copies of the weights take turns, so that they come from
 * where those of a model come from: by the time a layer is due again, the others have pushed it out
 * of the caches. With few rows that is what limits the speed. Rows and results lie in blocks, as
 * those of the encoder do.
 */
final class Product implements AutoCloseable {

  private final Kernels kernels;
  private final int depth;
  private final int features;
  private final WeightFormat format;

  /** The weights that are multiplied in fact: with the rounding of the format. */
  private final float[] weights;

  private final Arena arena = Arena.ofShared();
  private final List<PackedMatrix> copies = new ArrayList<>();
  private final Matrix x;
  private final Matrix y;
  private final Scratch scratch = new Scratch();
  private int turn;

  /**
   * @param weightBytes what the copies of the weights take together, at least
   */
  Product(
      Kernels kernels, int depth, int features, int rows, WeightFormat format, long weightBytes) {
    this.kernels = kernels;
    this.depth = depth;
    this.features = features;
    this.format = format;
    var inputs = new Inputs();
    float[] exact = inputs.floats(features * depth, 1);
    x = inputs.blocks(arena, rows, depth, 1);
    y = Matrix.allocateBlocks(arena, rows, features);
    for (long have = 0; have < weightBytes; ) {
      PackedMatrix copy = kernels.pack(arena, features, depth, format, Inputs.source(exact), null);
      copies.add(copy);
      have += copy.panelBytes() * copy.panelCount();
    }
    weights = rounded(exact);
  }

  private float[] rounded(float[] exact) {
    var rounded = new float[exact.length];
    switch (format) {
      case FLOAT32 -> System.arraycopy(exact, 0, rounded, 0, exact.length);
      case BFLOAT16 -> {
        for (int i = 0; i < exact.length; i++) {
          rounded[i] = BFloat16.toFloat(BFloat16.nearest(exact[i]));
        }
      }
      case INT8 -> {
        for (int n = 0; n < features; n++) {
          float[] row = Arrays.copyOfRange(exact, n * depth, (n + 1) * depth);
          System.arraycopy(integers(row), 0, rounded, n * depth, depth);
        }
      }
    }
    return rounded;
  }

  /** Multiples of a scale; rows of inputs have no large values that would need two. */
  private static float[] integers(float[] row) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    var rounded = new float[row.length];
    for (int k = 0; k < row.length; k++) {
      float inverse = Quantization.LARGEST / largest;
      rounded[k] = (float) Math.rint(row[k] * inverse) * (largest / Quantization.LARGEST);
    }
    return rounded;
  }

  void run() {
    kernels.multiply(x, copies.get(turn), y, scratch);
    turn = turn + 1 < copies.size() ? turn + 1 : 0;
  }

  /** The number of operations of one run; a multiply-add counts as two. */
  long flops() {
    return 2L * x.rows() * depth * features;
  }

  /** Compares all columns of the first, the middle and the last row with sums in float64. */
  void check() {
    // With integers there are none but those here. One rounding for each multiply-add of a block
    // and for each block that is added.
    double roundings = Kernels.DEPTH_BLOCK + Math.ceilDiv(depth, Kernels.DEPTH_BLOCK);
    for (int row : new int[] {0, x.rows() / 2, x.rows() - 1}) {
      float[] input = format == WeightFormat.INT8 ? integers(x.row(row)) : x.row(row);
      for (int n = 0; n < features; n++) {
        double sum = 0;
        double magnitude = 0;
        for (int k = 0; k < depth; k++) {
          double term = (double) input[k] * weights[n * depth + k];
          sum += term;
          magnitude += Math.abs(term);
        }
        double tolerance = roundings * 0x1p-24 * magnitude;
        Check.near(sum, y.get(row, n), tolerance, "product, row %d, column %d".formatted(row, n));
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
