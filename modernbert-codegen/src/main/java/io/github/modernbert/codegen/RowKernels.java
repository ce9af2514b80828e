package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.NativeRows;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.DelegatingKernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import java.util.Arrays;

/**
 * What is done to rows between products, by machine code where there is some for the operands'
 * shapes, by other kernels where not. What machine code gets is cut out of segments and arrays
 * here, so that every bound is checked before it runs.
 */
abstract class RowKernels extends DelegatingKernels {
  /** Whether there is code for this processor. */
  private static final boolean HERE = CodegenSupport.architecture() instanceof X86;

  /** Floats that one call works on at most, so that a collector does not have to wait for long. */
  private static final int FLOATS_OF_A_CALL = 1 << 17;

  /**
   * @param others what does what there is no code for
   */
  RowKernels(BlockKernels others) {
    super(others);
  }

  @Override
  protected final void layerNormDeep(Matrix x, LayerNorm norm, Matrix y) {
    if (!HERE || !NormOperands.fits(x) || !NormOperands.fits(y)) {
      super.layerNormDeep(x, norm, y);
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
  public final void splitHeads(
      Matrix qkv,
      int position,
      Rotary rotary,
      float scale,
      Matrix queries,
      KeyValues target,
      int sequence) {
    if (!HERE || !HeadOperands.fit(qkv, rotary, queries, target)) {
      super.splitHeads(qkv, position, rotary, scale, queries, target, sequence);
      return;
    }
    int most = Math.ceilDiv(FLOATS_OF_A_CALL, 3 * target.headDim());
    for (int from = 0; from < qkv.rows(); from += most) {
      int to = Math.min(qkv.rows(), from + most);
      Matrix some = qkv.slice(from, to);
      new HeadOperands(some, position + from, rotary, queries.slice(from, to), target, sequence)
          .split(scale);
    }
  }

  @Override
  protected final void activate(Activation activation, float[] x, int count, float[] t) {
    if (!HERE || activation != Activation.GELU) {
      super.activate(activation, x, count, t);
      return;
    }
    int most = FLOATS_OF_A_CALL;
    for (int from = 0; from < count; from += most) {
      int steps = Math.ceilDiv(Math.min(count - from, most), Reduction.LANES);
      NativeRows.activate(Operands.slice(x, from, (long) steps * Reduction.LANES), steps);
    }
  }

  /**
   * The end of a gate: {@code y = activation(u) · g} in a whole panel.
   *
   * @param u rows of the panel, one after the other, from the offset on; overwritten
   * @param y columns of the panel
   */
  protected final void finishGate(
      Activation activation, float[] u, float[] g, int offset, Matrix y, Scratch scratch) {
    int rows = y.rows();
    int floats = Math.multiplyExact(rows, panelWidth());
    long stride = (long) y.stride() * Float.BYTES;
    if (HERE && activation == Activation.GELU) {
      NativeRows.gate(
          Operands.slice(u, offset, floats),
          Operands.slice(g, offset, floats),
          y.segment(),
          stride,
          rows);
      return;
    }
    float[] activated = Arrays.copyOfRange(u, offset, offset + floats);
    super.activate(activation, activated, floats, scratch.between(floats));
    for (int r = 0; r < rows; r++) {
      int at = r * panelWidth();
      multiplyRow(activated, at, g, offset + at, y.segment(), r * stride, panelWidth());
    }
  }
}
