package io.github.modernbert.bench;

import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows times a weight matrix. Several copies of the weights take turns, so that they come from
 * where those of a model come from: by the time a layer is due again, the others have pushed it out
 * of the caches. With few rows that is what limits the speed.
 */
final class Product implements AutoCloseable {

  private final Kernels kernels;
  private final int depth;
  private final int features;
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
  Product(Kernels kernels, int depth, int features, int rows, long weightBytes) {
    this.kernels = kernels;
    this.depth = depth;
    this.features = features;
    var inputs = new Inputs();
    weights = inputs.floats(features * depth, 1);
    x = inputs.matrix(arena, rows, depth, 1);
    y = Matrix.allocate(arena, rows, features);
    long bytes = (long) features * depth * Float.BYTES;
    for (long have = 0; have < weightBytes; have += bytes) {
      copies.add(
          kernels.pack(arena, features, depth, WeightFormat.FLOAT32, Inputs.source(weights), null));
    }
  }

  void run() {
    kernels.multiply(x, copies.get(turn), y, scratch);
    turn = turn + 1 < copies.size() ? turn + 1 : 0;
  }

  /** Of one run; a multiply-add counts as two. */
  long flops() {
    return 2L * x.rows() * depth * features;
  }

  /** Compares all columns of the first, the middle and the last row with sums in float64. */
  void check() {
    // One rounding for each multiply-add of a block and for each block that is added.
    double roundings = Kernels.DEPTH_BLOCK + Math.ceilDiv(depth, Kernels.DEPTH_BLOCK);
    for (int row : new int[] {0, x.rows() / 2, x.rows() - 1}) {
      float[] input = x.row(row);
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
