package io.github.modernbert.codegen;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.Int8SplitCode;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.codegen.x86.SplitCode;
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

  private static final MethodHandle HEAD =
      FunctionGroup.INT8_ATTENTION.function(Int8SplitCode.HEAD);

  /** The addresses of the code that it calls. */
  private static final long TURN_ADDRESS = FunctionGroup.ROWS.address(SplitCode.TURN);

  private static final long QUANTIZE_ADDRESS =
      FunctionGroup.INT8_ATTENTION.address(QuantizeCode.QUANTIZE);
  private static final long KEYS_ADDRESS = FunctionGroup.INT8_ATTENTION.address(Int8SplitCode.KEYS);
  private static final long VALUES_ADDRESS =
      FunctionGroup.INT8_ATTENTION.address(Int8SplitCode.VALUES);

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

  /** Turns the keys of a head, makes integers of keys and values, and lays both out. */
  void store(
      int head,
      HeadOperands.HeadRows keys,
      HeadOperands.HeadRows values,
      HeadOperands.Angles angles) {
    KeyValues all = target.all();
    long firstKey = target.keyOffset(head, position);
    long lastKey = target.keyOffset(head, position + rows - 1);
    int panelRows = headDim / Int8Panels.GROUP;
    long keyBytes = lastKey - firstKey + (panelRows - 1L) * SHAPE.panelBytes() + Int8Panels.GROUP;
    long firstValue = target.valueOffset(head, position, 0);
    long panelStride = target.valuePanelBytes();
    long valueBytes = Operands.upToLast(headDim / WIDTH, panelStride) + (long) rows * WIDTH;
    try {
      HEAD.invokeExact(
          keys.memory(),
          turned,
          angles.cosines(),
          angles.sines(),
          bytes,
          offsets,
          all.keys().asSlice(firstKey, keyBytes),
          scales(all.keyScales(), head),
          scales(all.keyShifts(), head),
          values.memory(),
          all.values().asSlice(firstValue, valueBytes),
          scales(all.valueScales(), head),
          TURN_ADDRESS,
          QUANTIZE_ADDRESS,
          KEYS_ADDRESS,
          VALUES_ADDRESS,
          keys.stride(),
          keys.half(),
          blocks == 1 ? ROW_BYTES / 2 : blocks / 2 * rows * ROW_BYTES,
          angles.stride(),
          (long) headDim / 2 * Float.BYTES,
          (long) rows,
          (long) headDim,
          (long) blocks,
          (long) rows * DEPTH_BLOCK,
          blocks == 1 ? rows * ROW_BYTES : 2 * values.half() / blocks,
          (long) rows / Int8Panels.GROUP,
          (long) (WIDTH - position % WIDTH),
          target.keyPanelBytes() - SHAPE.panelBytes(),
          panelStride);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private MemorySegment scales(MemorySegment memory, int head) {
    return memory.asSlice(target.scaleOffset(head, position), (long) rows * Float.BYTES);
  }
}
