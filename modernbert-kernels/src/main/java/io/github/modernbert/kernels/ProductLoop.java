package io.github.modernbert.kernels;

/**
 * Rows times weight matrices. The rows are copied once into blocks of {@link Kernels#DEPTH_BLOCK}
 * columns; then, panel by panel, they pass a {@link PanelLoop}, and stay in the second-level cache.
 */
final class ProductLoop {
  /** A multiple of the tile heights, so that no tile is left with few rows before the end. */
  private static final int ROWS_STEP = 24;

  private final TiledKernels kernels;
  private final Scratch scratch;

  ProductLoop(TiledKernels kernels, Scratch scratch) {
    this.kernels = kernels;
    this.scratch = scratch;
  }

  /** y = x · Wᵀ + b, or that added to y. */
  void multiply(Matrix x, PackedMatrix w, Matrix y, boolean add) {
    int step = BlockKernels.cachedRows(w.depth(), ROWS_STEP);
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      Matrix some = y.slice(from, to);
      PanelLoop rows = rows(x.slice(from, to), w);
      float[] sums = scratch.sums(rows.sumsLength());
      for (int panel = 0; panel < w.panelCount(); panel++) {
        rows.multiply(w, panel, sums);
        kernels.finishPanel(sums, w, panel, some, panel * w.panelWidth(), add);
      }
    }
  }

  /** y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c): of both products never more than a panel exists. */
  void multiplyGate(Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y) {
    int step = BlockKernels.cachedRows(u.depth(), ROWS_STEP);
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      Matrix some = y.slice(from, to);
      PanelLoop rows = rows(x.slice(from, to), u);
      int count = some.rows();
      float[] sums = scratch.sums(rows.sumsLength());
      float[] gates = scratch.gates(rows.sumsLength());
      for (int panel = 0; panel < u.panelCount(); panel++) {
        rows.multiply(u, panel, sums);
        addBias(sums, count, u, panel);
        float[] between = scratch.between(rows.sumsLength());
        kernels.activate(activation, sums, count * u.panelWidth(), between);
        rows.multiply(g, panel, gates);
        addBias(gates, count, g, panel);
        kernels.multiplyRows(sums, gates, u.panelWidth(), panel * u.panelWidth(), some);
      }
    }
  }

  private PanelLoop rows(Matrix x, PackedMatrix w) {
    return w instanceof Int8Panels
        ? new Int8PanelLoop(kernels, scratch, x, w.panelWidth())
        : new FloatPanelLoop(kernels, scratch, x, w.panelWidth());
  }

  private static void addBias(float[] sums, int rows, PackedMatrix w, int panel) {
    Matrix bias = w.bias();
    if (bias == null) {
      return;
    }
    int width = w.panelWidth();
    for (int n = 0; n < width && panel * width + n < w.rows(); n++) {
      float offset = bias.get(0, panel * width + n);
      for (int r = 0; r < rows; r++) {
        sums[r * width + n] += offset;
      }
    }
  }
}
