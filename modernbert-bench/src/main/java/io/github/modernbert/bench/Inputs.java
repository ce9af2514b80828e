package io.github.modernbert.bench;

import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** The same numbers in every run. */
final class Inputs {
  private static final long SEED = 20_240_718;

  private final SplittableRandom random = new SplittableRandom(SEED);

  /** Numbers between −range and range. */
  float[] floats(int count, double range) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-range, range);
    }
    return values;
  }

  /** A matrix of such numbers. */
  Matrix matrix(Arena arena, int rows, int columns, double range) {
    return fill(Matrix.allocate(arena, rows, columns), range);
  }

  /** A matrix of such numbers in blocks of columns, as the encoder keeps what a task works on. */
  Matrix blocks(Arena arena, int rows, int columns, double range) {
    return fill(Matrix.allocateBlocks(arena, rows, columns), range);
  }

  private Matrix fill(Matrix matrix, double range) {
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.setRow(r, floats(matrix.columns(), range));
    }
    return matrix;
  }

  /** An array as the source of a weight. */
  static FloatSource source(float[] values) {
    return (from, count, target) ->
        MemorySegment.copy(values, (int) from, target, ValueLayout.JAVA_FLOAT, 0, (int) count);
  }
}
