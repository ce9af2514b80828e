package io.github.modernbert.bench;

import io.github.modernbert.kernels.Matrix;
import java.lang.foreign.Arena;

/** Rows of the base model that are just moved: nothing that reads and writes them is faster. */
final class CopiedRows implements AutoCloseable {
  private static final int ROWS = 128;
  private static final int HIDDEN = 768;

  private final Arena arena = Arena.ofShared();
  private final Matrix from = new Inputs().matrix(arena, ROWS, HIDDEN, 1);
  private final Matrix to = Matrix.allocate(arena, ROWS, HIDDEN);

  void run() {
    to.segment().copyFrom(from.segment());
  }

  /** Read and written by one run. */
  static long bytes() {
    return 2L * ROWS * HIDDEN * Float.BYTES;
  }

  void check() {
    for (int r = 0; r < ROWS; r++) {
      Check.sameBits(from.row(r), to.row(r), "copy, row " + r);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
