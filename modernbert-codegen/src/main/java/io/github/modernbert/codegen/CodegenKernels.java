package io.github.modernbert.codegen;

import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.DelegatingKernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * Products by machine code of our own; everything else by other kernels. What machine code gets is
 * cut out of segments and arrays here, so that every bound is checked before it runs.
 */
final class CodegenKernels extends DelegatingKernels {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;

  /** Floats of rows that stay in a second-level cache of two megabytes, beside panels. */
  private static final int CACHED_FLOATS = 264 << 10;

  /** Floats by which sums may be moved to be aligned. */
  private static final int ALIGNMENT_FLOATS = ProductCode.SUMS_ALIGNMENT / Float.BYTES;

  private static final int MAX_TILE_ROWS = QUERY_BLOCK;

  private final BlockKernels others;

  /**
   * @param others what works on rows
   */
  CodegenKernels(BlockKernels others) {
    super(others);
    this.others = others;
  }

  @Override
  public String name() {
    return "codegen (%d bit, %s)".formatted(SHAPE.width().bytes() * Byte.SIZE, others.name());
  }

  @Override
  public int panelWidth() {
    return SHAPE.panelFloats();
  }

  @Override
  protected int tileRows(int left) {
    return Math.min(left, MAX_TILE_ROWS);
  }

  @Override
  protected void tile(
      int rows,
      float[] a,
      int aOffset,
      MemorySegment b,
      long bOffset,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    int width = SHAPE.panelFloats();
    require(rows > 0 && depth > 0, "tiles have rows and columns, found %d × %d", rows, depth);
    require(cStride >= width, "rows of sums must be %d floats apart, found %d", width, cStride);
    NativeProducts.tile(
        slice(a, aOffset, (rows - 1L) * DEPTH_BLOCK + depth),
        b.asSlice(bOffset, (long) depth * SHAPE.panelBytes()),
        depth,
        slice(c, cOffset, (long) (rows - 1) * cStride + width),
        (long) cStride * Float.BYTES,
        rows);
  }

  private static MemorySegment slice(float[] array, int offset, long length) {
    return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES, length * Float.BYTES);
  }

  private static void require(boolean condition, String message, int a, int b) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(a, b));
    }
  }

  /** What cutting operands to size does not check: that strides are what sizes are made of. */
  private static void check(Matrix x, PackedMatrix w, Matrix y) {
    int width = SHAPE.panelFloats();
    int columns = Math.ceilDiv(w.rows(), width) * width;
    require(
        w.panelWidth() == width, "panels must have %d columns, found %d", width, w.panelWidth());
    require(x.rows() == y.rows(), "%d rows cannot become %d", x.rows(), y.rows());
    require(
        x.stride() >= Matrix.padded(w.depth()),
        "rows of %d floats are too short for %d input features",
        x.stride(),
        w.depth());
    require(
        y.stride() >= columns,
        "rows of %d floats are too short for %d output features",
        y.stride(),
        w.rows());
  }

  @Override
  protected void multiplyDeep(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    check(x, w, y);
    int most = Math.max(1, CACHED_FLOATS / w.depth() / SHAPE.rows()) * SHAPE.rows();
    for (int from = 0; from < x.rows(); from += most) {
      int to = Math.min(x.rows(), from + most);
      multiplyRows(x.slice(from, to), w, y.slice(from, to), add, scratch);
    }
  }

  private void multiplyRows(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    int rows = x.rows();
    long blockStride = (long) rows * TileCode.ROW_BYTES;
    MemorySegment a = pack(x, w.depth(), blockStride, scratch);
    int width = SHAPE.panelFloats();
    int sumsFloats = rows * width + ALIGNMENT_FLOATS;
    MemorySegment sums = slice(scratch.sums(sumsFloats), 0, sumsFloats);
    long panelBytes = (long) w.depth() * SHAPE.panelBytes();
    long yStride = (long) y.stride() * Float.BYTES;
    Matrix bias = w.bias();
    for (int panel = 0, column = 0; column < w.rows(); panel++, column += width) {
      MemorySegment part =
          y.segment().asSlice(y.offset(0, column), (rows - 1) * yStride + SHAPE.panelBytes());
      // A call for each panel: long enough to cost nothing, short enough for a collector to wait.
      NativeProducts.product(
          a,
          blockStride,
          w.panels().asSlice(panel * panelBytes, panelBytes),
          w.depth(),
          sums,
          part,
          yStride,
          add ? part : MemorySegment.NULL,
          bias == null
              ? MemorySegment.NULL
              : bias.segment().asSlice(bias.offset(0, column), SHAPE.panelBytes()),
          rows);
    }
  }

  /** The rows as blocks of columns, one after the other, each row by row. */
  private static MemorySegment pack(Matrix x, int depth, long blockStride, Scratch scratch) {
    long floats = (long) x.rows() * Math.ceilDiv(depth, DEPTH_BLOCK) * DEPTH_BLOCK;
    MemorySegment a = slice(scratch.rows(Math.toIntExact(floats)), 0, floats);
    long xStride = (long) x.stride() * Float.BYTES;
    long bytes = (x.rows() - 1) * xStride + (long) Matrix.padded(depth) * Float.BYTES;
    NativeProducts.pack(x.segment().asSlice(0, bytes), xStride, x.rows(), depth, a, blockStride);
    return a;
  }
}
