package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.NativeProducts;
import io.github.modernbert.codegen.runtime.NativeRows;
import io.github.modernbert.codegen.runtime.NativeRows.Angles;
import io.github.modernbert.codegen.runtime.NativeRows.HeadRows;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.SplitCode;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import java.lang.foreign.MemorySegment;

/** Operands of {@link SplitCode}, cut to what it touches, head by head. */
final class HeadOperands {
  private static final KernelShape SHAPE = NativeProducts.SHAPE;
  private static final int WIDTH = SHAPE.panelFloats();

  private final Matrix qkv;
  private final int position;
  private final Matrix queries;
  private final KeyValues.Sequence target;
  private final int headDim;
  private final int hidden;
  private final long half;
  private final Angles angles;
  private final MemorySegment buffer =
      MemorySegment.ofArray(new float[SplitCode.GROUP * SplitCode.BUFFER_ROW / Float.BYTES]);

  /** Operands that {@link #fit}. */
  HeadOperands(Matrix qkv, int position, Rotary rotary, Matrix queries, KeyValues.Sequence target) {
    this.qkv = qkv;
    this.position = position;
    this.queries = queries;
    this.target = target;
    headDim = target.all().headDim();
    hidden = target.all().heads() * headDim;
    half = (long) headDim / 2 * Float.BYTES;
    Operands.require(qkv.rows() == queries.rows(), "%d rows, %d", qkv.rows(), queries.rows());
    Operands.require(position >= 0, "row %d of %d has no position", position, qkv.rows());
    Operands.requireWritable(queries.segment());
    angles =
        new Angles(angles(rotary.cos()), angles(rotary.sin()), Operands.strideBytes(rotary.cos()));
  }

  /**
   * Whether there is code for these: panels have its width, and halves of heads are whole panels
   * and lie side by side, which is so for heads of 64 and 128 elements and blocks of 64 columns.
   */
  static boolean fit(Matrix qkv, Rotary rotary, Matrix queries, KeyValues target) {
    int headDim = target.headDim();
    int half = headDim / 2;
    return target.panelWidth() == WIDTH
        && headDim > 0
        && headDim % (2 * WIDTH) == 0
        && headDim * Float.BYTES <= SplitCode.BUFFER_ROW
        && qkv.columns() == 3 * target.heads() * headDim
        && queries.columns() == target.heads() * headDim
        && holdsHalves(qkv, half)
        && holdsHalves(queries, half)
        && rotary.cos().stride() >= half
        && rotary.sin().stride() == rotary.cos().stride();
  }

  /** Rows or blocks that begin with a half begin with all of them that are in them. */
  private static boolean holdsHalves(Matrix m, int half) {
    return m.stride() >= m.columns() || m.stride() > 0 && m.stride() % half == 0;
  }

  private MemorySegment angles(Matrix table) {
    long bytes = Operands.upToLast(qkv.rows(), Operands.strideBytes(table)) + half;
    return table.segment().asSlice(table.offset(position, 0), bytes);
  }

  void split(float scale) {
    for (int head = 0; head < target.all().heads(); head++) {
      int column = head * headDim;
      HeadRows turned = rows(queries, column);
      NativeRows.turn(rows(qkv, column), turned, angles, half, qkv.rows(), scale);
      storeKeys(head, rows(qkv, hidden + column));
      storeValues(head, rows(qkv, 2 * hidden + column));
    }
  }

  private HeadRows rows(Matrix m, int column) {
    long first = m.offset(0, column);
    long toHalf = m.offset(0, column + headDim / 2) - first;
    Operands.require(toHalf >= half, "halves of %d bytes at a distance of %d", half, toHalf);
    long bytes = Operands.upToLast(m.rows(), Operands.strideBytes(m)) + toHalf + half;
    return new HeadRows(m.segment().asSlice(first, bytes), Operands.strideBytes(m), toHalf);
  }

  private void storeKeys(int head, HeadRows rows) {
    long first = target.keyOffset(head, position);
    long last = target.keyOffset(head, position + qkv.rows() - 1);
    long bytes = last - first + (headDim - 1L) * SHAPE.panelBytes() + Float.BYTES;
    NativeRows.keys(
        rows,
        buffer,
        angles,
        target.all().keys().asSlice(first, bytes),
        half,
        qkv.rows(),
        WIDTH - position % WIDTH,
        target.keyPanelBytes() - SHAPE.panelBytes());
  }

  private void storeValues(int head, HeadRows rows) {
    long panelStride = target.valuePanelBytes();
    long first = target.valueOffset(head, position, 0);
    long bytes =
        Operands.upToLast(headDim / WIDTH, panelStride) + (long) qkv.rows() * SHAPE.panelBytes();
    MemorySegment values = target.all().values().asSlice(first, bytes);
    NativeRows.values(rows, values, panelStride, half, qkv.rows());
  }
}
