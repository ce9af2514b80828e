package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.runtime.NativeProducts;
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
record RowBlocks(MemorySegment memory, long stride) {
  /** Memory of one thread. */
  private static final class Workspace {
    private final Scratch.Floats copy = new Scratch.Floats();
  }

  /** The rows of a matrix, which is copied unless it is in blocks. */
  static RowBlocks of(Matrix x, Scratch scratch) {
    int depth = x.columns();
    int blocks = Math.ceilDiv(depth, DEPTH_BLOCK);
    if (x.stride() == DEPTH_BLOCK && x.blockRows() >= x.rows()) {
      long stride = (long) x.blockRows() * ProductFunctions.ROW_BYTES;
      long bytes = upToLast(blocks, stride) + (long) x.rows() * ProductFunctions.ROW_BYTES;
      return new RowBlocks(x.segment().asSlice(0, bytes), stride);
    }
    if (x.stride() < depth) {
      throw new IllegalArgumentException(
          "rows of %d floats cannot hold %d".formatted(x.stride(), depth));
    }
    long stride = (long) x.rows() * ProductFunctions.ROW_BYTES;
    long floats = (long) x.rows() * blocks * DEPTH_BLOCK;
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    MemorySegment copy = slice(workspace.copy.atLeast(Math.toIntExact(floats)), 0, floats);
    long xStride = (long) x.stride() * Float.BYTES;
    long bytes = upToLast(x.rows(), xStride) + (long) Matrix.padded(depth) * Float.BYTES;
    NativeProducts.pack(x.segment().asSlice(0, bytes), xStride, x.rows(), depth, copy, stride);
    return new RowBlocks(copy, stride);
  }
}
