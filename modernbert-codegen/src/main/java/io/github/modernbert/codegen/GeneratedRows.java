package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.x86.GeluCode;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.HeadSplit;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.KeyFormat;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.PanelRows;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.RowOperations;
import io.github.modernbert.kernels.StoreMode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Row operations by generated machine code where there is some for the operands' shapes, by the
 * next best implementation where not. What machine code gets is cut out of segments and arrays
 * here, so that every bound is checked before it runs.
 *
 * @param code the generated code as users see it
 * @param next does what there is no code for
 */
record GeneratedRows(String code, RowOperations next) implements RowOperations {
  private static final int PANEL_FLOATS = CodegenSupport.architecture().shape().panelFloats();

  /** Floats that one call works on at most, so that a collector does not have to wait for long. */
  private static final int FLOATS_OF_A_CALL = 1 << 17;

  /** The generated functions that need no more than a cut, once they are needed. */
  private static final class Functions {
    static final MethodHandle ACTIVATE = FunctionGroup.ROWS.function(GeluCode.ACTIVATE);
    static final MethodHandle GATE = FunctionGroup.ROWS.function(GeluCode.GATE);
  }

  @Override
  public String name() {
    return "%s, else %s".formatted(code, next.name());
  }

  @Override
  public void prepare() {
    FunctionGroup.ROWS.prepare();
    next.prepare();
  }

  @Override
  public boolean isMachineCode() {
    return true;
  }

  @Override
  public void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    if (!NormOperands.fits(x) || !NormOperands.fits(y)) {
      next.layerNorm(x, norm, y);
      return;
    }
    var operands = new NormOperands(x, norm, y);
    int whole = x.rows() / NormCode.GROUP * NormCode.GROUP;
    int most = Math.ceilDiv(FLOATS_OF_A_CALL / NormCode.GROUP, x.columns()) * NormCode.GROUP;
    for (int from = 0; from < whole; from += most) {
      operands.run(from, Math.min(whole, from + most));
    }
    for (int row = whole; row < x.rows(); row++) {
      operands.runOne(row);
    }
  }

  @Override
  public void splitHeads(HeadSplit split) {
    if (!HeadOperands.fit(split)) {
      next.splitHeads(split);
      return;
    }
    int rows = split.qkv().rows();
    if (split.target().all().format() == KeyFormat.BYTES) {
      splitInGroups(split);
      return;
    }
    int most = Math.ceilDiv(FLOATS_OF_A_CALL, 3 * split.target().all().headDim());
    for (int from = 0; from < rows; from += most) {
      new HeadOperands(split.slice(from, Math.min(rows, from + most))).run();
    }
  }

  /** Leaves the keys before the first and behind the last whole group to the next best code. */
  private void splitInGroups(HeadSplit split) {
    int rows = split.qkv().rows();
    int group = Int8Panels.GROUP;
    int first = Math.min(rows, Math.floorMod(-split.position(), group));
    int end = first + (rows - first) / group * group;
    if (first > 0) {
      next.splitHeads(split.slice(0, first));
    }
    for (int from = first; from < end; from += Int8HeadOperands.MOST_ROWS) {
      int to = Math.min(end, from + Int8HeadOperands.MOST_ROWS);
      new HeadOperands(split.slice(from, to)).run();
    }
    if (end < rows) {
      next.splitHeads(split.slice(end, rows));
    }
  }

  @Override
  public void activate(Activation activation, float[] x, int count, float[] t) {
    if (activation != Activation.GELU) {
      next.activate(activation, x, count, t);
      return;
    }
    for (int from = 0; from < count; from += FLOATS_OF_A_CALL) {
      long steps = Math.ceilDiv(Math.min(count - from, FLOATS_OF_A_CALL), Reduction.LANES);
      MemorySegment some = Operands.slice(x, from, steps * Reduction.LANES);
      try {
        Functions.ACTIVATE.invokeExact(some, steps);
      } catch (Throwable e) {
        throw SystemCalls.rethrow(e);
      }
    }
  }

  @Override
  public void store(PanelRows sums, PackedMatrix w, int panel, Matrix y, StoreMode mode) {
    next.store(sums, w, panel, y, mode);
  }

  @Override
  public void gate(Activation activation, PanelRows u, PanelRows g, Matrix y, float[] t) {
    if (activation != Activation.GELU || u.width() != PANEL_FLOATS) {
      next.gate(activation, u, g, y, t);
      return;
    }
    long floats = (long) y.rows() * u.width();
    try {
      Functions.GATE.invokeExact(
          Operands.slice(u.array(), u.offset(), floats),
          Operands.slice(g.array(), g.offset(), floats),
          y.segment(),
          Operands.strideBytes(y),
          (long) y.rows());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
