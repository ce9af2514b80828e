package io.github.modernbert.codegen;

import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Random operands between pages that cannot be touched. */
abstract class GuardedOperands {
  final SplittableRandom random = new SplittableRandom(7);

  final MemorySegment guarded(Arena arena, long bytes) {
    return GuardedMemory.allocate(arena, bytes, random.nextBoolean());
  }

  final MemorySegment guardedCopy(Arena arena, MemorySegment from) {
    return GuardedMemory.copy(arena, from, random.nextBoolean());
  }

  final Matrix guarded(Arena arena, Matrix m) {
    return new Matrix(
        guardedCopy(arena, m.segment()), m.rows(), m.columns(), m.stride(), m.blockRows());
  }

  final void fill(MemorySegment segment) {
    for (long at = 0; at < segment.byteSize(); at += Float.BYTES) {
      segment.set(ValueLayout.JAVA_FLOAT, at, (float) random.nextDouble(-2, 2));
    }
  }

  final Matrix randoms(Arena arena, int rows, int columns) {
    Matrix m = Matrix.allocate(arena, rows, columns);
    fill(m.segment());
    return m;
  }

  /** Row by row, or some rows of a matrix in blocks. */
  final Matrix anyLayout(Arena arena, int rows, int columns) {
    if (random.nextBoolean()) {
      return randoms(arena, rows, columns);
    }
    int before = random.nextInt(0, 3);
    Matrix m = Matrix.allocateBlocks(arena, before + rows + random.nextInt(0, 3), columns);
    fill(m.segment());
    return m.slice(before, before + rows);
  }

  static FloatSource source(Matrix m) {
    return (from, count, target) -> {
      for (long i = 0; i < count; i++) {
        float value = m.get((int) ((from + i) / m.columns()), (int) ((from + i) % m.columns()));
        target.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
    };
  }
}
