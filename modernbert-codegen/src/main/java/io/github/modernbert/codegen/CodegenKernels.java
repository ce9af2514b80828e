package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.LeftOperand.slice;
import static io.github.modernbert.codegen.LeftOperand.upToLast;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.DelegatingKernels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Int8Source;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Products by machine code of our own; everything else by other kernels. What machine code gets is
 * cut out of segments and arrays here, so that every bound is checked before it runs.
 */
final class CodegenKernels extends DelegatingKernels {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;

  /** Whether there is code for products of integers. */
  private static final boolean INT8 =
      CodegenSupport.architecture() instanceof X86 x86 && x86.int8();

  /**
   * @param others what works on rows
   */
  CodegenKernels(BlockKernels others) {
    super(others);
  }

  @Override
  public String name() {
    return "codegen (%d bit, %s)".formatted(SHAPE.width().bytes() * Byte.SIZE, others.name());
  }

  @Override
  public int panelWidth() {
    return SHAPE.panelFloats();
  }

  /** What has no code here goes to the other kernels, in their layout. */
  @Override
  public PackedMatrix pack(
      Arena arena,
      int rows,
      int depth,
      WeightFormat format,
      FloatSource weights,
      @Nullable FloatSource bias) {
    boolean here = format == WeightFormat.FLOAT32 || format == WeightFormat.INT8 && INT8;
    return here
        ? super.pack(arena, rows, depth, format, weights, bias)
        : others.pack(arena, rows, depth, format, weights, bias);
  }

  @Override
  public PackedMatrix pack(
      Arena arena, int rows, int depth, Int8Source weights, @Nullable FloatSource bias) {
    return INT8
        ? super.pack(arena, rows, depth, weights, bias)
        : others.pack(arena, rows, depth, weights, bias);
  }

  @Override
  protected void multiplyPanels(
      int rows,
      float[] a,
      int aOffset,
      int aBlock,
      MemorySegment b,
      long bOffset,
      long bPanel,
      int panels,
      int depth,
      float[] c,
      int cOffset,
      int cStride) {
    require(rows > 0 && panels > 0, "no product of %d rows and %d panels", rows, panels);
    require(depth > 0 && aBlock >= 0, "no product over %d in blocks of %d", depth, aBlock);
    require(bPanel >= 0, "%d panels cannot be %d apart", panels, bPanel);
    int columns = Math.multiplyExact(panels, SHAPE.panelFloats());
    require(cStride >= columns, "%d columns do not fit into rows of %d", columns, cStride);
    int last = (depth - 1) / DEPTH_BLOCK;
    long inLast = (rows - 1L) * DEPTH_BLOCK + depth - last * DEPTH_BLOCK;
    long before = last == 0 ? 0 : (last - 1L) * aBlock + (long) rows * DEPTH_BLOCK;
    NativeProducts.panels(
        slice(a, aOffset, Math.max(before, (long) last * aBlock + inLast)),
        (long) aBlock * Float.BYTES,
        b.asSlice(bOffset, Math.addExact(upToLast(panels, bPanel), panelBytes(depth))),
        bPanel,
        panels,
        depth,
        slice(c, cOffset, (rows - 1L) * cStride + columns),
        (long) cStride * Float.BYTES,
        rows);
  }

  private static long panelBytes(int depth) {
    return (long) depth * SHAPE.panelBytes();
  }

  private static void require(boolean condition, String message, long a, long b) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(a, b));
    }
  }

  /** What cutting operands to size does not check. */
  private static void check(Matrix x, PackedMatrix w, Matrix y) {
    int width = SHAPE.panelFloats();
    require(
        w.panelWidth() == width, "panels must have %d columns, found %d", width, w.panelWidth());
    require(x.rows() == y.rows(), "%d rows cannot become %d", x.rows(), y.rows());
    require(x.columns() == w.depth(), "%d input features wanted, found %d", w.depth(), x.columns());
    require(y.columns() == w.rows(), "%d output features cannot go to %d", w.rows(), y.columns());
    require(y.stride() > 0 && x.blockRows() >= 0, "distances %d and %d", y.stride(), x.blockRows());
    require(y.stride() % width == 0, "panels of %d do not fit into rows of %d", width, y.stride());
    // The code takes sums of blocks before the last one for stored.
    require(
        w.depth() > DEPTH_BLOCK || w instanceof Int8Panels,
        "products are over more than %d, found %d",
        DEPTH_BLOCK,
        w.depth());
    if (y.segment().isReadOnly()) {
      throw new IllegalArgumentException("results cannot go to memory that is only for reading");
    }
  }

  @Override
  protected void multiplyDeep(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (!isHere(w)) {
      multiplyByOthers(x, w, y, add, scratch);
      return;
    }
    check(x, w, y);
    int most = cachedRows(w.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      LeftOperand rows = rows(x.slice(from, Math.min(x.rows(), from + most)), w, scratch);
      rows.multiply(w, 0, w.panelCount(), y.slice(from, from + rows.count()), add);
    }
  }

  @Override
  protected void multiplyGateDeep(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    if (!isHere(u)) {
      others.multiplyGate(x, u, g, activation, y, scratch);
      return;
    }
    check(x, u, y);
    check(x, g, y);
    int most = cachedRows(u.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      LeftOperand rows = rows(x.slice(from, Math.min(x.rows(), from + most)), u, scratch);
      Matrix some = y.slice(from, from + rows.count());
      int floats = rows.count() * DEPTH_BLOCK;
      float[] activated = scratch.activated(floats);
      float[] gates = scratch.gates(floats);
      float[] between = scratch.between(floats);
      int step = DEPTH_BLOCK / SHAPE.panelFloats();
      for (int panel = 0; panel < u.panelCount(); panel += step) {
        int count = Math.min(step, u.panelCount() - panel);
        rows.multiply(u, panel, count, block(activated, rows.count()), false);
        activate(activation, activated, floats, between);
        rows.multiply(g, panel, count, block(gates, rows.count()), false);
        multiplyRows(activated, gates, DEPTH_BLOCK, panel / step * DEPTH_BLOCK, some);
      }
    }
  }

  /** A block of columns in an array. */
  private static Matrix block(float[] array, int rows) {
    long floats = (long) rows * DEPTH_BLOCK;
    return new Matrix(slice(array, 0, floats), rows, DEPTH_BLOCK, DEPTH_BLOCK, rows);
  }

  private static LeftOperand rows(Matrix x, PackedMatrix w, Scratch scratch) {
    return w instanceof Int8Panels ? new Int8Rows(x, scratch) : FloatRows.of(x, scratch);
  }

  /** Whether there is code for these weights. */
  private static boolean isHere(PackedMatrix w) {
    return w instanceof FloatPanels || w instanceof Int8Panels && INT8;
  }

  private void multiplyByOthers(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (add) {
      others.multiplyAdd(x, w, y, scratch);
    } else {
      others.multiply(x, w, y, scratch);
    }
  }

}
