package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.ABSENT;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.runtime.NativeProducts;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * Rows of float32, for weights of that or of bfloat16.
 *
 * @param blocks the blocks of columns, in each the rows one after the other
 * @param blockStride bytes from one block to the next
 * @param count how many rows
 * @param sums memory for unfinished sums of all rows
 */
record FloatRows(MemorySegment blocks, long blockStride, int count, MemorySegment sums)
    implements LeftOperand {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;

  /** Floats beside sums: for a widened block, and by which both may be moved to be aligned. */
  private static final int OTHER_FLOATS =
      (SHAPE.blockBytes() + ProductFunctions.SUMS_ALIGNMENT) / Float.BYTES;

  /** Memory of one thread. */
  private static final class Workspace {
    private final Scratch.Floats sums = new Scratch.Floats();
  }

  static FloatRows of(Matrix x, Scratch scratch) {
    int sumsFloats = x.rows() * SHAPE.panelFloats() + OTHER_FLOATS;
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    MemorySegment sums = slice(workspace.sums.atLeast(sumsFloats), 0, sumsFloats);
    RowBlocks rows = RowBlocks.of(x, scratch);
    return new FloatRows(rows.memory(), rows.stride(), x.rows(), sums);
  }

  @Override
  public void multiply(PackedMatrix w, int panel, int count, Matrix y, boolean add) {
    long yStride = (long) y.stride() * Float.BYTES;
    long bytes = upToLast(y.rows(), yStride) + SHAPE.panelBytes();
    for (int p = 0; p < count; p++) {
      long from = y.offset(0, p * SHAPE.panelFloats());
      multiply(w, panel + p, y.segment().asSlice(from, bytes), yStride, add);
    }
  }

  private void multiply(PackedMatrix w, int panel, MemorySegment y, long yStride, boolean add) {
    long lastBlock = upToLast(Math.ceilDiv(w.depth(), DEPTH_BLOCK), blockStride);
    Matrix bias = w.bias();
    PanelFormat format = format(w);
    NativeProducts.product(
        format,
        blocks.asSlice(0, lastBlock + (long) count * ProductFunctions.ROW_BYTES),
        blockStride,
        w.panels().asSlice(w.panelOffset(panel), (long) w.depth() * SHAPE.rowBytes(format)),
        w.depth(),
        sums,
        y,
        yStride,
        add ? y : ABSENT,
        bias == null
            ? ABSENT
            : bias.segment()
                .asSlice(bias.offset(0, panel * SHAPE.panelFloats()), SHAPE.panelBytes()),
        count);
  }

  private static PanelFormat format(PackedMatrix w) {
    return switch (w) {
      case FloatPanels f -> PanelFormat.FLOAT32;
      case BFloat16Panels b -> PanelFormat.BFLOAT16;
      case Int8Panels q -> throw new IllegalArgumentException("integers are for rows of integers");
    };
  }
}
