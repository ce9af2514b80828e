package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.require;
import static io.github.modernbert.codegen.Operands.requireWritable;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.NativeAttention;
import io.github.modernbert.codegen.runtime.NativeAttention.Panels;
import io.github.modernbert.codegen.runtime.NativeProducts;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.AttentionCode;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;

/** Steps of attention by machine code, and what is done to rows. */
abstract class AttentionKernels extends RowKernels {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;

  /** Whether there is code for steps of attention. */
  private static final boolean HERE = CodegenSupport.architecture() instanceof X86;

  /**
   * @param others what does what there is no code for
   */
  AttentionKernels(BlockKernels others) {
    super(others);
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
    if (!HERE) {
      super.attendBlock(state, row, rows, keys, from, to, scratch);
      return;
    }
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
    if (!HERE || count % Reduction.LANES != 0) {
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

  private static long panelBytes(int depth) {
    return (long) depth * SHAPE.panelBytes();
  }
}
