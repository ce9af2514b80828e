package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.ABSENT;
import static io.github.modernbert.codegen.Operands.columns;
import static io.github.modernbert.codegen.Operands.slice;
import static io.github.modernbert.codegen.Operands.upToLast;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.x86.AmxCode;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.Int8Instructions;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Quantization;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** Rows of activations as 8-bit integers on x86-64; see {@link QuantizeCode}. */
final class Int8Rows implements LeftOperand {
  private static final X86 PROCESSOR = (X86) CodegenSupport.architecture();
  private static final Int8Instructions INSTRUCTIONS = PROCESSOR.integers();
  private static final int PANEL_FLOATS = PROCESSOR.shape().panelFloats();
  private static final int BLOCK_PANELS = Kernels.DEPTH_BLOCK / PANEL_FLOATS;
  private static final long PANEL_BYTES = PROCESSOR.shape().panelBytes();

  private static final MethodHandle QUANTIZE = FunctionGroup.INT8.function(QuantizeCode.QUANTIZE);
  private static final MethodHandle PRODUCT = FunctionGroup.INT8.function(Int8Code.PRODUCT);

  /** Operations of one call at most: a tenth of a millisecond, half a one with the slowest. */
  private static final long OPERATIONS =
      INSTRUCTIONS == Int8Instructions.AMX ? 400_000_000 : 100_000_000;

  /** Memory of one thread. */
  private static final class Workspace {
    private final Scratch.Bytes bytes = new Scratch.Bytes();
    private final Scratch.Floats scales = new Scratch.Floats();
    private final Scratch.Floats products = new Scratch.Floats();
    private long[] offsets = {};

    private long[] offsets(int length) {
      return offsets = offsets.length >= length ? offsets : new long[length];
    }
  }

  private final int count;
  private final int residualRows;
  private final int paddedDepth;
  private final MemorySegment bytes;
  private final MemorySegment sums;
  private final long blockStride;
  private final MemorySegment scales;
  private final MemorySegment offsets;
  private final MemorySegment extras;

  /** Makes integers of rows. */
  Int8Rows(Matrix x, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    count = x.rows();
    int depth = x.columns();
    int blocks = Math.ceilDiv(depth, Kernels.DEPTH_BLOCK);
    paddedDepth = blocks * Kernels.DEPTH_BLOCK;
    // Whole tiles of rows are read, whatever the last of them hold.
    blockStride = (2L * count + AmxCode.ROWS) * INSTRUCTIONS.rowBytes();
    MemorySegment memory = workspace.bytes.atLeast(blocks * blockStride + AmxCode.SUMS_BYTES);
    bytes = memory.asSlice(0, blocks * blockStride);
    sums = memory.asSlice(blocks * blockStride, AmxCode.SUMS_BYTES);
    scales = slice(workspace.scales.atLeast(2 * count), 0, 2L * count);
    long[] starts = workspace.offsets(2 * count);
    // Residual rows have none themselves.
    Arrays.fill(starts, count, 2 * count, 0);
    offsets = MemorySegment.ofArray(starts).asSlice(0, 2L * count * Long.BYTES);
    residualRows = quantize(ColumnBlocks.of(x, scratch), depth) - count;
    float[] products = workspace.products.atLeast((1 + residualRows) * PANEL_FLOATS);
    Arrays.fill(products, 0, PANEL_FLOATS, 0f);
    extras = slice(products, 0, (1L + residualRows) * PANEL_FLOATS);
  }

  /** Makes integers of rows, and returns how many there are with residual rows. */
  private int quantize(ColumnBlocks rows, int depth) {
    try {
      return Math.toIntExact(
          (long)
              QUANTIZE.invokeExact(
                  rows.memory(),
                  bytes,
                  scales,
                  offsets,
                  rows.stride(),
                  blockStride,
                  (long) count,
                  (long) depth,
                  (long) Quantization.residualBelow(depth),
                  PANEL_BYTES));
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void multiply(PackedMatrix w, int panel, int panelCount, Matrix y, StoreMode mode) {
    long operations = 2L * PANEL_FLOATS * count * paddedDepth;
    int most = (int) Math.max(1, OPERATIONS / operations);
    // Each call begins with a block of columns.
    int step = Math.ceilDiv(most, BLOCK_PANELS) * BLOCK_PANELS;
    for (int p = 0; p < panelCount; p += step) {
      int some = Math.min(panelCount - p, step);
      multiplySome((Int8Panels) w, panel + p, some, y, p * PANEL_FLOATS, mode);
    }
  }

  private void multiplySome(
      Int8Panels w, int panel, int panelCount, Matrix y, int column, StoreMode mode) {
    int feature = panel * PANEL_FLOATS;
    long columnBytes = panelCount * PANEL_BYTES;
    long yStride = (long) y.stride() * Float.BYTES;
    long second = y.offset(0, column + PANEL_FLOATS);
    long last = y.offset(0, column + (BLOCK_PANELS - 1) * PANEL_FLOATS);
    long nextBlock = y.offset(0, column + BLOCK_PANELS * PANEL_FLOATS);
    int lastPanel = column + (panelCount - 1) * PANEL_FLOATS;
    long from = y.offset(0, column);
    long yBytes = y.offset(0, lastPanel) - from + upToLast(count, yStride) + PANEL_BYTES;
    MemorySegment result = y.segment().asSlice(from, yBytes);
    MemorySegment bias = Operands.bias(w, feature, columnBytes);
    MemorySegment residual = mode == StoreMode.ADD ? result : ABSENT;
    try {
      PRODUCT.invokeExact(
          bytes,
          w.panels().asSlice(w.panelOffset(panel), panelCount * w.panelBytes()),
          scales,
          offsets,
          extras,
          columns(w.scales(), feature, columnBytes),
          w.shifts().asSlice((long) feature * Integer.BYTES, columnBytes),
          bias,
          residual,
          result,
          sums,
          (long) count,
          (long) residualRows,
          (long) panelCount,
          (long) paddedDepth,
          blockStride,
          yStride,
          second - from,
          nextBlock - last,
          Int8Code.prefetchStep(PROCESSOR.shape(), count, residualRows));
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
