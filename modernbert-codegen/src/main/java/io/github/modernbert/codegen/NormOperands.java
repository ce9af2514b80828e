package io.github.modernbert.codegen;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Operands of {@link NormCode}, cut to what it touches. */
final class NormOperands {
  private static final MethodHandle NORM = FunctionGroup.ROWS.function(NormCode.NORM);

  private static final long PIECE_BYTES = DEPTH_BLOCK * Float.BYTES;

  private final Matrix x;
  private final Matrix y;
  private final int columns;
  private final MemorySegment weight;
  private final MemorySegment bias;
  private final float epsilon;

  NormOperands(Matrix x, LayerNorm norm, Matrix y) {
    Operands.require(x.rows() == y.rows(), "%d rows cannot become %d", x.rows(), y.rows());
    columns = x.columns();
    Operands.require(columns == y.columns(), "%d columns cannot become %d", columns, y.columns());
    Operands.require(columns > 0, "no norm of %d rows of %d", x.rows(), columns);
    Operands.requireWritable(y.segment());
    this.x = x;
    this.y = y;
    weight = parameters(norm.weight());
    Matrix biases = norm.bias();
    bias = biases == null ? Operands.ABSENT : parameters(biases);
    epsilon = norm.epsilon();
  }

  /** Whether there is code for how columns lie: steps must not reach into the next row. */
  static boolean fits(Matrix m) {
    return m.stride() == DEPTH_BLOCK || m.stride() >= Matrix.padded(m.columns());
  }

  private MemorySegment parameters(Matrix row) {
    return row.segment().asSlice(0, stepBytes(columns));
  }

  /** Whole steps of so many columns. */
  private static long stepBytes(long columns) {
    return Math.ceilDiv(columns, Reduction.LANES) * Reduction.LANES * (long) Float.BYTES;
  }

  /** Rows in whole groups. */
  void run(int from, int to) {
    int rows = to - from;
    run(from, rows, Operands.strideBytes(x), Operands.strideBytes(y), rows / NormCode.GROUP);
  }

  /** A single row takes all places of a group. */
  void runOne(int row) {
    run(row, 1, 0, 0, 1);
  }

  private void run(int from, int rows, long xStride, long yStride, long groups) {
    try {
      NORM.invokeExact(
          slice(x, from, rows),
          slice(y, from, rows),
          weight,
          bias,
          xStride,
          yStride,
          pieceStride(x) - PIECE_BYTES,
          pieceStride(y) - PIECE_BYTES,
          groups,
          (long) columns,
          (float) columns,
          epsilon);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Cuts out rows, from the first piece of the first one to the last piece of the last one. */
  private MemorySegment slice(Matrix m, int from, int rows) {
    long last = Math.ceilDiv(columns, DEPTH_BLOCK) - 1L;
    long inLast = stepBytes(columns - last * DEPTH_BLOCK);
    Operands.require(m.blockRows() >= 0, "%d rows of %d cannot be", m.rows(), m.blockRows());
    long bytes =
        Math.multiplyExact(last, pieceStride(m))
            + Operands.upToLast(rows, Operands.strideBytes(m))
            + inLast;
    return m.segment().asSlice(m.offset(from, 0), bytes);
  }

  private static long pieceStride(Matrix m) {
    return m.stride() == DEPTH_BLOCK ? m.blockRows() * PIECE_BYTES : PIECE_BYTES;
  }
}
