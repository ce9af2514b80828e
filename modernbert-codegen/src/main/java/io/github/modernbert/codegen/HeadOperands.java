package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.SplitCode;
import io.github.modernbert.kernels.HeadSplit;
import io.github.modernbert.kernels.KeyFormat;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Operands of {@link SplitCode}, cut to what it touches, head by head. Keys and values of integers
 * are left to {@link Int8HeadOperands}.
 */
final class HeadOperands {
  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();
  private static final int WIDTH = SHAPE.panelFloats();

  private static final MethodHandle TURN = FunctionGroup.ROWS.function(SplitCode.TURN);
  private static final MethodHandle KEYS = FunctionGroup.ROWS.function(SplitCode.KEYS);
  private static final MethodHandle VALUES = FunctionGroup.ROWS.function(SplitCode.VALUES);

  /**
   * Some rows of one head.
   *
   * @param memory of all of them
   * @param stride bytes from one row to the next
   * @param half bytes from one half of a row to the other
   */
  record HeadRows(MemorySegment memory, long stride, long half) {}

  /**
   * Cosines and sines of the positions of rows.
   *
   * @param stride bytes from one row to the next, of both
   */
  record Angles(MemorySegment cosines, MemorySegment sines, long stride) {}

  private final Matrix qkv;
  private final int position;
  private final Matrix queries;
  private final KeyValues.Sequence target;
  private final float scale;
  private final int headDim;
  private final int hidden;
  private final long half;
  private final MemorySegment cosines;
  private final MemorySegment sines;
  private final long angleStride;
  private final @Nullable Int8HeadOperands integers;
  private final MemorySegment buffer =
      MemorySegment.ofArray(new float[SplitCode.GROUP * SplitCode.BUFFER_ROW / Float.BYTES]);

  /** Operands that {@link #fit}. */
  HeadOperands(HeadSplit split) {
    qkv = split.qkv();
    position = split.position();
    queries = split.queries();
    target = split.target();
    scale = split.scale();
    headDim = target.all().headDim();
    hidden = target.all().heads() * headDim;
    half = (long) headDim / 2 * Float.BYTES;
    Operands.require(qkv.rows() == queries.rows(), "%d rows, %d", qkv.rows(), queries.rows());
    Operands.require(position >= 0, "row %d of %d has no position", position, qkv.rows());
    Operands.requireWritable(queries.segment());
    cosines = angles(split.rotary().cos());
    sines = angles(split.rotary().sin());
    angleStride = Operands.strideBytes(split.rotary().cos());
    integers = target.all().format() == KeyFormat.BYTES ? new Int8HeadOperands(split) : null;
  }

  /**
   * Whether there is code for these: panels have its width, and halves of heads are whole panels
   * and lie side by side, which is so for heads of 64 and 128 elements and blocks of 64 columns.
   */
  static boolean fit(HeadSplit split) {
    KeyValues target = split.target().all();
    Rotary rotary = split.rotary();
    int headDim = target.headDim();
    int half = headDim / 2;
    return target.panelWidth() == WIDTH
        && headDim > 0
        && headDim % (2 * WIDTH) == 0
        && headDim * Float.BYTES <= SplitCode.BUFFER_ROW
        && split.qkv().columns() == 3 * target.heads() * headDim
        && split.queries().columns() == target.heads() * headDim
        && holdsHalves(split.qkv(), half)
        && holdsHalves(split.queries(), half)
        && rotary.cos().stride() >= half
        && rotary.sin().stride() == rotary.cos().stride()
        && (target.format() == KeyFormat.FLOATS
            || target.format() == KeyFormat.BYTES && Int8HeadOperands.fit(split));
  }

  /** Rows or blocks that begin with a half begin with all of them that are in them. */
  private static boolean holdsHalves(Matrix m, int half) {
    return m.stride() >= m.columns() || m.stride() > 0 && m.stride() % half == 0;
  }

  private MemorySegment angles(Matrix table) {
    long bytes = Operands.upToLast(qkv.rows(), Operands.strideBytes(table)) + half;
    return table.segment().asSlice(table.offset(position, 0), bytes);
  }

  void run() {
    for (int head = 0; head < target.all().heads(); head++) {
      int column = head * headDim;
      turn(rows(qkv, column), rows(queries, column));
      HeadRows keys = rows(qkv, hidden + column);
      HeadRows values = rows(qkv, 2 * hidden + column);
      if (integers == null) {
        storeKeys(head, keys);
        storeValues(head, values);
      } else {
        integers.store(head, keys, values, new Angles(cosines, sines, angleStride));
      }
    }
  }

  private HeadRows rows(Matrix m, int column) {
    long first = m.offset(0, column);
    long toHalf = m.offset(0, column + headDim / 2) - first;
    Operands.require(toHalf >= half, "halves of %d bytes at a distance of %d", half, toHalf);
    long bytes = Operands.upToLast(m.rows(), Operands.strideBytes(m)) + toHalf + half;
    return new HeadRows(m.segment().asSlice(first, bytes), Operands.strideBytes(m), toHalf);
  }

  private void turn(HeadRows rows, HeadRows turned) {
    try {
      TURN.invokeExact(
          rows.memory,
          turned.memory,
          cosines,
          sines,
          rows.stride,
          turned.stride,
          rows.half,
          turned.half,
          angleStride,
          half,
          (long) qkv.rows(),
          scale);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private void storeKeys(int head, HeadRows rows) {
    long first = target.keyOffset(head, position);
    long last = target.keyOffset(head, position + qkv.rows() - 1);
    long bytes = last - first + (headDim - 1L) * SHAPE.panelBytes() + Float.BYTES;
    try {
      KEYS.invokeExact(
          rows.memory,
          buffer,
          cosines,
          sines,
          target.all().keys().asSlice(first, bytes),
          rows.stride,
          rows.half,
          angleStride,
          half,
          (long) qkv.rows(),
          (long) (WIDTH - position % WIDTH),
          target.keyPanelBytes() - SHAPE.panelBytes());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private void storeValues(int head, HeadRows rows) {
    long panelStride = target.valuePanelBytes();
    long first = target.valueOffset(head, position, 0);
    long bytes =
        Operands.upToLast(headDim / WIDTH, panelStride) + (long) qkv.rows() * SHAPE.panelBytes();
    MemorySegment values = target.all().values().asSlice(first, bytes);
    long count = qkv.rows();
    try {
      VALUES.invokeExact(rows.memory, values, rows.stride, panelStride, half, count, rows.half);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
