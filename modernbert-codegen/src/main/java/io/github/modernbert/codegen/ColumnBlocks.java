package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * Rows in blocks of {@code DEPTH_BLOCK} columns, in each the rows one after the other.
 *
 * @param memory from the first block to the last
 * @param stride bytes from one block to the next
 */
record ColumnBlocks(MemorySegment memory, long stride, int rows) {
  /** Memory of one thread. */
  private static final class Workspace {
    private final Scratch.Floats copy = new Scratch.Floats();
  }

  /** The rows of a matrix, which is copied unless it is in blocks. */
  static ColumnBlocks of(Matrix x, Scratch scratch) {
    int rows = x.rows();
    int blocks = Math.ceilDiv(x.columns(), DEPTH_BLOCK);
    long blockBytes = (long) rows * ProductFunctions.ROW_BYTES;
    if (x.stride() == DEPTH_BLOCK && x.blockRows() >= rows) {
      long stride = (long) x.blockRows() * ProductFunctions.ROW_BYTES;
      long bytes = upToLast(blocks, stride) + blockBytes;
      return new ColumnBlocks(x.segment().asSlice(0, bytes), stride, rows);
    }
    if (x.stride() < x.columns()) {
      throw new IllegalArgumentException(
          "rows of %d floats cannot hold %d".formatted(x.stride(), x.columns()));
    }
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    float[] copy = x.copyBlocks(rows, workspace.copy);
    return new ColumnBlocks(slice(copy, 0, blocks * (long) rows * DEPTH_BLOCK), blockBytes, rows);
  }
}
