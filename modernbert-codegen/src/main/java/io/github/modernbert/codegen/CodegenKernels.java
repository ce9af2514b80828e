package io.github.modernbert.codegen;

import io.github.modernbert.codegen.NativeAttention.Panels;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.DelegatingKernels;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * Products by machine code of our own; everything else by other kernels. What machine code gets is
 * cut out of segments and arrays here, so that every bound is checked before it runs.
 */
final class CodegenKernels extends DelegatingKernels {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;

  /** Floats by which sums may be moved to be aligned. */
  private static final int ALIGNMENT_FLOATS = ProductCode.SUMS_ALIGNMENT / Float.BYTES;

  /** An operand that is not there. */
  private static final MemorySegment NOTHING = MemorySegment.NULL;

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
    NativeProducts.panels(
        blocks(a, aOffset, aBlock, rows, depth),
        (long) aBlock * Float.BYTES,
        panels(b, bOffset, bPanel, panels, depth),
        bPanel,
        panels,
        depth,
        slice(c, cOffset, (rows - 1L) * cStride + columns),
        (long) cStride * Float.BYTES,
        rows);
  }

  /** Rows in blocks of columns. */
  private static MemorySegment blocks(float[] a, int offset, int block, int rows, int depth) {
    int last = (depth - 1) / DEPTH_BLOCK;
    long inLast = (rows - 1L) * DEPTH_BLOCK + depth - last * DEPTH_BLOCK;
    long before = last == 0 ? 0 : (last - 1L) * block + (long) rows * DEPTH_BLOCK;
    return slice(a, offset, Math.max(before, (long) last * block + inLast));
  }

  private static MemorySegment panels(
      MemorySegment b, long offset, long stride, int count, int depth) {
    return b.asSlice(offset, Math.addExact(upToLast(count, stride), panelBytes(depth)));
  }

  @Override
  protected void attendBlock(
      AttentionState state, int row, int rows, KeyBlock keys, long from, long to, Scratch scratch) {
    int count = keys.count();
    int headDim = state.headDim();
    require(row >= 0 && rows > 0 && rows <= QUERY_BLOCK, "no query block of %d at %d", rows, row);
    require(count > 0 && count <= KEY_BLOCK, "no block of %d keys of %d elements", count, headDim);
    require(headDim > 0, "no heads of %d elements for %d keys", headDim, count);
    require(
        keys.keyPanel() >= 0 && keys.valuePanel() >= 0,
        "panels cannot be %d and %d apart",
        keys.keyPanel(),
        keys.valuePanel());
    int keyPanels = Math.ceilDiv(count, SHAPE.panelFloats());
    int valuePanels = Math.ceilDiv(headDim, SHAPE.panelFloats());
    int stride = state.sumsStride();
    int scratchFloats = AttentionCode.scratchFloats(SHAPE, rows, valuePanels);
    NativeAttention.attend(
        blocks(
            state.queries(),
            state.queriesOffset(row),
            AttentionState.queriesBlock(),
            rows,
            headDim),
        new Panels(
            panels(keys.keys(), keys.keysOffset(), keys.keyPanel(), keyPanels, headDim),
            keys.keyPanel(),
            keyPanels),
        new Panels(
            panels(keys.values(), keys.valuesOffset(), keys.valuePanel(), valuePanels, count),
            keys.valuePanel(),
            valuePanels),
        slice(
            state.sums(),
            state.sumsOffset(row),
            (rows - 1L) * stride + (long) valuePanels * SHAPE.panelFloats()),
        (long) stride * Float.BYTES,
        slice(state.lanes(), state.lanesOffset(row), (long) rows * Reduction.LANES),
        slice(state.maxima(), row, QUERY_BLOCK),
        slice(scratch.scores(scratchFloats), 0, scratchFloats),
        rows,
        count,
        headDim,
        Math.clamp(from, -QUERY_BLOCK, count),
        Math.clamp(to, -QUERY_BLOCK, count));
  }

  @Override
  protected void divideRows(
      AttentionState state,
      int row,
      int rows,
      int column,
      int count,
      MemorySegment y,
      long yOffset,
      long yStride) {
    if (count % Reduction.LANES != 0) {
      super.divideRows(state, row, rows, column, count, y, yOffset, yStride);
      return;
    }
    require(rows > 0 && count > 0, "nothing to divide, %d rows of %d", rows, count);
    require(yStride >= 0 && column >= 0, "no rows %d apart from column %d on", yStride, column);
    require(column + count <= state.sumsStride(), "%d columns do not begin at %d", count, column);
    int stride = state.sumsStride();
    MemorySegment results =
        y.asSlice(yOffset, Math.addExact(upToLast(rows, yStride), (long) count * Float.BYTES));
    requireWritable(results);
    NativeAttention.divide(
        slice(state.sums(), state.sumsOffset(row) + column, (rows - 1L) * stride + count),
        (long) stride * Float.BYTES,
        slice(state.lanes(), state.lanesOffset(row), (long) rows * Reduction.LANES),
        results,
        yStride,
        rows,
        count);
  }

  private static MemorySegment slice(float[] array, int offset, long length) {
    return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES, length * Float.BYTES);
  }

  private static long panelBytes(int depth) {
    return (long) depth * SHAPE.panelBytes();
  }

  /**
   * Where the last of some things begins. A size that wrapped around would pass for a small one.
   */
  private static long upToLast(long count, long distance) {
    return Math.multiplyExact(count - 1, distance);
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
        w.depth() > DEPTH_BLOCK,
        "products are over more than %d, found %d",
        DEPTH_BLOCK,
        w.depth());
    requireWritable(y.segment());
  }

  private static void requireWritable(MemorySegment y) {
    if (y.isReadOnly()) {
      throw new IllegalArgumentException("results cannot go to memory that is only for reading");
    }
  }

  @Override
  protected void multiplyDeep(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    check(x, w, y);
    int most = cachedRows(w.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      Rows rows = rows(x.slice(from, Math.min(x.rows(), from + most)), scratch);
      Matrix some = y.slice(from, from + rows.count);
      long stride = (long) y.stride() * Float.BYTES;
      for (int panel = 0; panel < w.panelCount(); panel++) {
        MemorySegment part = panel(some, panel);
        multiply(rows, w, panel, part, stride, add ? part : NOTHING);
      }
    }
  }

  @Override
  protected void multiplyGateDeep(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    check(x, u, y);
    check(x, g, y);
    int most = cachedRows(u.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      Rows rows = rows(x.slice(from, Math.min(x.rows(), from + most)), scratch);
      Matrix some = y.slice(from, from + rows.count);
      int floats = rows.count * SHAPE.panelFloats();
      float[] activated = scratch.activated(floats);
      float[] gates = scratch.gates(floats);
      float[] between = scratch.between(floats);
      for (int panel = 0; panel < u.panelCount(); panel++) {
        multiply(rows, u, panel, slice(activated, 0, floats), SHAPE.panelBytes(), NOTHING);
        activate(activation, activated, floats, between);
        multiply(rows, g, panel, slice(gates, 0, floats), SHAPE.panelBytes(), NOTHING);
        multiplyRows(activated, gates, u, panel, some);
      }
    }
  }

  /**
   * Left operand of products.
   *
   * @param blocks blocks of columns, in each the rows one after the other
   * @param blockStride bytes from one block to the next
   * @param count how many rows
   * @param sums memory for unfinished sums of all rows
   */
  private record Rows(MemorySegment blocks, long blockStride, int count, MemorySegment sums) {}

  /** Matrices in blocks are what products read; others are copied. */
  private static Rows rows(Matrix x, Scratch scratch) {
    int sumsFloats = x.rows() * SHAPE.panelFloats() + ALIGNMENT_FLOATS;
    MemorySegment sums = slice(scratch.sums(sumsFloats), 0, sumsFloats);
    if (x.stride() == DEPTH_BLOCK) {
      long blockStride = (long) x.blockRows() * TileCode.ROW_BYTES;
      return new Rows(x.segment(), blockStride, x.rows(), sums);
    }
    int depth = x.columns();
    require(x.stride() >= depth, "rows of %d floats cannot hold %d", x.stride(), depth);
    long blockStride = (long) x.rows() * TileCode.ROW_BYTES;
    long floats = (long) x.rows() * Math.ceilDiv(depth, DEPTH_BLOCK) * DEPTH_BLOCK;
    MemorySegment blocks = slice(scratch.rows(Math.toIntExact(floats)), 0, floats);
    long xStride = (long) x.stride() * Float.BYTES;
    long bytes = upToLast(x.rows(), xStride) + (long) Matrix.padded(depth) * Float.BYTES;
    NativeProducts.pack(
        x.segment().asSlice(0, bytes), xStride, x.rows(), depth, blocks, blockStride);
    return new Rows(blocks, blockStride, x.rows(), sums);
  }

  private static MemorySegment panel(Matrix y, int panel) {
    long bytes = upToLast(y.rows(), (long) y.stride() * Float.BYTES) + SHAPE.panelBytes();
    return y.segment().asSlice(y.offset(0, panel * SHAPE.panelFloats()), bytes);
  }

  /** One panel: long enough a call to cost nothing, short enough for a collector to wait. */
  private static void multiply(
      Rows rows, PackedMatrix w, int panel, MemorySegment y, long yStride, MemorySegment residual) {
    long lastBlock = upToLast(Math.ceilDiv(w.depth(), DEPTH_BLOCK), rows.blockStride);
    Matrix bias = w.bias();
    NativeProducts.product(
        rows.blocks.asSlice(0, lastBlock + (long) rows.count * TileCode.ROW_BYTES),
        rows.blockStride,
        w.panels().asSlice(w.panelOffset(panel), panelBytes(w.depth())),
        w.depth(),
        rows.sums,
        y,
        yStride,
        residual,
        bias == null
            ? NOTHING
            : bias.segment()
                .asSlice(bias.offset(0, panel * SHAPE.panelFloats()), SHAPE.panelBytes()),
        rows.count);
  }
}
