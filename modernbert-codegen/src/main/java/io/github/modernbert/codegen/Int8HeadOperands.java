package io.github.modernbert.codegen;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.Int8SplitCode;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.kernels.HeadSplit;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.KeyValues;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Operands of the code that makes integers of keys and values and lays them out, cut to what it
 * touches. Rows become bytes first, whole rows of each; see {@link Int8SplitCode}.
 */
final class Int8HeadOperands {
  /** Rows at a time, which stay in a first-level cache. */
  static final int MOST_ROWS = 112;

  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();
  private static final int WIDTH = SHAPE.panelFloats();

  /** Bytes of a row of floats in a block of columns. */
  private static final long ROW_BYTES = (long) DEPTH_BLOCK * Float.BYTES;

  private static final MethodHandle QUANTIZE =
      FunctionGroup.INT8_ATTENTION.function(QuantizeCode.QUANTIZE);
  private static final MethodHandle KEYS =
      FunctionGroup.INT8_ATTENTION.function(Int8SplitCode.KEYS);
  private static final MethodHandle VALUES =
      FunctionGroup.INT8_ATTENTION.function(Int8SplitCode.VALUES);

  private final KeyValues.Sequence target;
  private final int position;
  private final int rows;
  private final int headDim;
  private final int blocks;
  private final MemorySegment turned;
  private final MemorySegment bytes;
  private final MemorySegment offsets;

  /** Operands that {@link #fit}. */
  Int8HeadOperands(HeadSplit split) {
    target = split.target();
    position = split.position();
    rows = split.qkv().rows();
    headDim = target.all().headDim();
    blocks = headDim / DEPTH_BLOCK;
    int group = Int8Panels.GROUP;
    Operands.require(position % group == 0, "%d rows begin within a group, at %d", rows, position);
    Operands.require(rows % group == 0, "%d rows at %d end within a group", rows, position);
    turned = MemorySegment.ofArray(new float[rows * headDim]);
    bytes = MemorySegment.ofArray(new long[rows * headDim / Long.BYTES]);
    offsets = MemorySegment.ofArray(new long[rows]);
  }

  /** Whether there is code for these: heads are whole blocks of columns, in rows as in memory. */
  static boolean fit(HeadSplit split) {
    return split.target().all().headDim() % DEPTH_BLOCK == 0 && split.qkv().stride() == DEPTH_BLOCK;
  }

  /** Where turned keys of a head are expected. */
  HeadOperands.HeadRows turnedKeys() {
    long half = blocks == 1 ? ROW_BYTES / 2 : blocks / 2 * rows * ROW_BYTES;
    return new HeadOperands.HeadRows(turned, ROW_BYTES, half);
  }

  /** Makes integers of the keys that were turned. */
  void storeKeys(int head) {
    KeyValues all = target.all();
    quantize(turned, rows * ROW_BYTES, scales(all.keyScales(), head));
    long first = target.keyOffset(head, position);
    long last = target.keyOffset(head, position + rows - 1);
    int panelRows = headDim / Int8Panels.GROUP;
    long size = last - first + (panelRows - 1L) * SHAPE.panelBytes() + Int8Panels.GROUP;
    try {
      KEYS.invokeExact(
          bytes,
          all.keys().asSlice(first, size),
          scales(all.keyShifts(), head),
          (long) blocks,
          (long) rows * DEPTH_BLOCK,
          (long) rows / Int8Panels.GROUP,
          (long) (WIDTH - position % WIDTH),
          target.keyPanelBytes() - SHAPE.panelBytes());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Makes integers of the values of a head. */
  void storeValues(int head, HeadOperands.HeadRows values) {
    KeyValues all = target.all();
    long blockStride = blocks == 1 ? rows * ROW_BYTES : 2 * values.half() / blocks;
    quantize(values.memory(), blockStride, scales(all.valueScales(), head));
    long panelStride = target.valuePanelBytes();
    long first = target.valueOffset(head, position, 0);
    long size = Operands.upToLast(headDim / WIDTH, panelStride) + (long) rows * WIDTH;
    try {
      VALUES.invokeExact(
          bytes,
          all.values().asSlice(first, size),
          (long) blocks,
          (long) rows * DEPTH_BLOCK,
          (long) rows / Int8Panels.GROUP,
          panelStride);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private MemorySegment scales(MemorySegment memory, int head) {
    return memory.asSlice(target.scaleOffset(head, position), (long) rows * Float.BYTES);
  }

  /** Makes bytes of rows. None gets a second row, since no sum of squares is below the limit. */
  private void quantize(MemorySegment source, long sourceStride, MemorySegment scales) {
    try {
      long _ =
          (long)
              QUANTIZE.invokeExact(
                  source,
                  bytes,
                  scales,
                  offsets,
                  sourceStride,
                  (long) rows * DEPTH_BLOCK,
                  (long) rows,
                  (long) headDim,
                  0L,
                  0L);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
