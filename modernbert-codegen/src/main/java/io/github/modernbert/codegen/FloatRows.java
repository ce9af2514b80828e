package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.ABSENT;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.strideBytes;
import static io.github.modernbert.codegen.Operands.upToLast;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.runtime.Architecture;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * Rows of float32, for weights of that or of bfloat16.
 *
 * @param blocks the rows in blocks of columns
 * @param sums memory for unfinished sums of all rows
 */
record FloatRows(ColumnBlocks blocks, MemorySegment sums) implements LeftOperand {
  private static final Architecture ARCHITECTURE = CodegenSupport.architecture();
  private static final KernelShape SHAPE = ARCHITECTURE.shape();
  private static final MethodHandle FLOAT32 =
      FunctionGroup.PRODUCTS.function(ProductFunctions.PRODUCT);

  /** The product; its first argument says whether weights are bfloat16. */
  private static final MethodHandle PRODUCT =
      either(
          ARCHITECTURE.formats().contains(WeightFormat.BFLOAT16)
              ? FunctionGroup.PRODUCTS.function(ProductFunctions.PRODUCT_OF_BFLOAT16)
              : FLOAT32,
          FLOAT32);

  /** Floats beside sums: for a widened block, and by which both may be moved to be aligned. */
  private static final int OTHER_FLOATS =
      (SHAPE.blockBytes() + ProductFunctions.SUMS_ALIGNMENT) / Float.BYTES;

  /** Memory of one thread. */
  private static final class Workspace {
    private final Scratch.Floats sums = new Scratch.Floats();
  }

  /**
   * Chooses by the first argument. The result is a constant for the just-in-time compiler, which a
   * choice of handles in Java would not be.
   */
  private static MethodHandle either(MethodHandle ifTrue, MethodHandle ifFalse) {
    return MethodHandles.guardWithTest(
        MethodHandles.identity(boolean.class),
        MethodHandles.dropArguments(ifTrue, 0, boolean.class),
        MethodHandles.dropArguments(ifFalse, 0, boolean.class));
  }

  static FloatRows of(Matrix x, Scratch scratch) {
    int sumsFloats = x.rows() * SHAPE.panelFloats() + OTHER_FLOATS;
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    MemorySegment sums = slice(workspace.sums.atLeast(sumsFloats), 0, sumsFloats);
    return new FloatRows(ColumnBlocks.of(x, scratch), sums);
  }

  @Override
  public int count() {
    return blocks.rows();
  }

  @Override
  public void multiply(PackedMatrix w, int panel, int panelCount, Matrix y, StoreMode mode) {
    long bytes = upToLast(y.rows(), strideBytes(y)) + SHAPE.panelBytes();
    for (int p = 0; p < panelCount; p++) {
      long from = y.offset(0, p * SHAPE.panelFloats());
      multiply(w, panel + p, y.segment().asSlice(from, bytes), strideBytes(y), mode);
    }
  }

  private void multiply(PackedMatrix w, int panel, MemorySegment y, long yStride, StoreMode mode) {
    MemorySegment bias = Operands.bias(w, panel * SHAPE.panelFloats(), SHAPE.panelBytes());
    MemorySegment residual = mode == StoreMode.ADD ? y : ABSENT;
    PanelFormat format = format(w);
    RowTiles tiles = RowTiles.of(count(), SHAPE.rows(), ARCHITECTURE.fewestTiles(format));
    long lastBlock = upToLast(Math.ceilDiv(w.depth(), DEPTH_BLOCK), blocks.stride());
    long blockBytes = (long) count() * ProductFunctions.ROW_BYTES;
    long panelBytes = (long) w.depth() * SHAPE.rowBytes(format);
    try {
      PRODUCT.invokeExact(
          format == PanelFormat.BFLOAT16,
          blocks.memory().asSlice(0, lastBlock + blockBytes),
          w.panels().asSlice(w.panelOffset(panel), panelBytes),
          sums,
          y,
          residual,
          bias,
          (long) w.depth(),
          blocks.stride(),
          yStride,
          tiles.height(),
          tiles.tall(),
          tiles.low());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Not by a switch: linking one takes a fresh JVM milliseconds. */
  private static PanelFormat format(PackedMatrix w) {
    if (w instanceof FloatPanels) {
      return PanelFormat.FLOAT32;
    }
    if (w instanceof BFloat16Panels) {
      return PanelFormat.BFLOAT16;
    }
    throw new IllegalArgumentException("integers are for rows of integers");
  }
}
