package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.require;
import static io.github.modernbert.codegen.Operands.slice;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.MatrixProduct;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.PanelRows;
import io.github.modernbert.kernels.RowOperations;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import io.github.modernbert.kernels.WeightCode;
import java.util.Optional;

/**
 * Products by generated machine code. What it gets is cut out of segments and arrays here, so that
 * every bound is checked before it runs.
 *
 * @param name the implementation as users see it
 * @param group the code of the product
 * @param leftOperands prepares rows for the format of the weights
 * @param rows the end of gates, and of products whose code ends with sums
 */
record GeneratedProduct(
    String name, FunctionGroup group, LeftOperand.Factory leftOperands, RowOperations rows)
    implements MatrixProduct {
  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();

  /** Floats of each of a gate's products that exist at a time, unless a panel has more. */
  private static final int GATE_FLOATS = 1 << 15;

  /** Memory of one thread. */
  private static final class GateWorkspace {
    private final Scratch.Floats activated = new Scratch.Floats();
    private final Scratch.Floats gates = new Scratch.Floats();
    private final Scratch.Floats between = new Scratch.Floats();
  }

  @Override
  public void prepare() {
    group.prepare();
    // Attention calls the code of float products.
    FunctionGroup.PRODUCTS.prepare();
  }

  @Override
  public boolean isMachineCode() {
    return true;
  }

  @Override
  public Optional<WeightCode> weightCode() {
    if (!CodegenSupport.architecture().groups().contains(FunctionGroup.PACKING)) {
      return Optional.empty();
    }
    try {
      FunctionGroup.PACKING.prepare();
      return Optional.of(GeneratedWeightCode.INSTANCE);
    } catch (UnsupportedOperationException e) {
      // The system refuses memory for code: that can be done without.
      return Optional.empty();
    }
  }

  @Override
  public int panelWidth() {
    return SHAPE.panelFloats();
  }

  /** Checks what cutting operands to size does not check. */
  private void check(Matrix x, PackedMatrix w, Matrix y) {
    int width = SHAPE.panelFloats();
    if (!equals(w.product())) {
      throw new IllegalArgumentException("weights are packed for " + w.product().name());
    }
    require(x.rows() == y.rows(), "%d rows cannot become %d", x.rows(), y.rows());
    require(x.columns() == w.depth(), "%d input features wanted, found %d", w.depth(), x.columns());
    require(y.columns() == w.rows(), "%d output features cannot go to %d", w.rows(), y.columns());
    require(y.stride() > 0 && x.blockRows() >= 0, "distances %d and %d", y.stride(), x.blockRows());
    require(y.blockRows() >= 0, "blocks of %d columns, %d rows apart", y.stride(), y.blockRows());
    require(y.stride() % width == 0, "panels of %d do not fit into rows of %d", width, y.stride());
    // The code takes sums of blocks before the last one for stored.
    require(
        w.depth() > Kernels.DEPTH_BLOCK || w instanceof Int8Panels,
        "products are over more than %d, found %d",
        Kernels.DEPTH_BLOCK,
        w.depth());
    Operands.requireWritable(y.segment());
  }

  @Override
  public void multiply(Matrix x, PackedMatrix w, Matrix y, StoreMode mode, Scratch scratch) {
    check(x, w, y);
    int most = MatrixProduct.cachedRows(w.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      int to = Math.min(x.rows(), from + most);
      LeftOperand left = leftOperands.of(x.slice(from, to), rows, scratch);
      left.multiply(w, 0, w.panelCount(), y.slice(from, to), mode);
    }
  }

  @Override
  public void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    check(x, u, y);
    check(x, g, y);
    GateWorkspace workspace = scratch.workspace(GateWorkspace.class, GateWorkspace::new);
    int most = MatrixProduct.cachedRows(u.depth(), SHAPE.rows());
    for (int from = 0; from < x.rows(); from += most) {
      int to = Math.min(x.rows(), from + most);
      LeftOperand left = leftOperands.of(x.slice(from, to), rows, scratch);
      Matrix some = y.slice(from, to);
      int floats = left.count() * SHAPE.panelFloats();
      int step = Math.max(1, GATE_FLOATS / floats);
      float[] activated = workspace.activated.atLeast(step * floats);
      float[] gates = workspace.gates.atLeast(step * floats);
      float[] between = workspace.between.atLeast(floats);
      for (int panel = 0; panel < u.panelCount(); panel += step) {
        int count = Math.min(step, u.panelCount() - panel);
        left.multiply(u, panel, count, panels(activated, left.count(), count), StoreMode.OVERWRITE);
        left.multiply(g, panel, count, panels(gates, left.count(), count), StoreMode.OVERWRITE);
        for (int p = 0; p < count; p++) {
          rows.gate(
              activation,
              new PanelRows(activated, p * floats, SHAPE.panelFloats()),
              new PanelRows(gates, p * floats, SHAPE.panelFloats()),
              some.panel(panel + p, SHAPE.panelFloats()),
              between);
        }
      }
    }
  }

  /** Panels of results one after the other in an array. */
  private static Matrix panels(float[] array, int rows, int count) {
    int width = SHAPE.panelFloats();
    long floats = (long) count * rows * width;
    return new Matrix(slice(array, 0, floats), rows, count * width, width, rows);
  }
}
