package io.github.modernbert.kernels;

/**
 * Products as loops in Java around a {@link MicroKernel}, with weights of all formats. Rows are
 * copied once into a {@link RowBlock} that stays in the second-level cache, while panel after panel
 * passes.
 *
 * @param name the implementation as users see it
 * @param kernel multiplies tiles
 * @param rows stores what comes out of tiles
 * @param loops make integers of rows
 */
record PanelProduct(String name, MicroKernel kernel, RowOperations rows, RowLoops loops)
    implements MatrixProduct {
  /** A multiple of the tile heights, so that no tile is left with few rows before the end. */
  private static final int ROWS_STEP = 24;

  @Override
  public int panelWidth() {
    return kernel.panelWidth();
  }

  @Override
  public int panelWidth(int features) {
    return kernel.panelWidth(features);
  }

  @Override
  public void multiply(Matrix x, PackedMatrix w, Matrix y, StoreMode mode, Scratch scratch) {
    var workspace = ProductWorkspace.of(scratch);
    int step = MatrixProduct.cachedRows(w.depth(), ROWS_STEP);
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      Matrix some = y.slice(from, to);
      RowBlock block =
          new RowBlock(
              kernel.withPanels(w.panelWidth()).using(scratch),
              x.slice(from, to),
              w,
              loops,
              workspace);
      var sums = new PanelRows(workspace.sums.atLeast(block.sumsLength()), 0, w.panelWidth());
      for (int panel = 0; panel < w.panelCount(); panel++) {
        block.multiply(w, panel, sums.array());
        rows.store(sums, w, panel, some.panel(panel, w.panelWidth()), mode);
      }
    }
  }

  /** Holds never more than a panel of both products. */
  @Override
  public void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    var workspace = ProductWorkspace.of(scratch);
    int step = MatrixProduct.cachedRows(u.depth(), ROWS_STEP);
    for (int from = 0; from < x.rows(); from += step) {
      int to = Math.min(x.rows(), from + step);
      Matrix some = y.slice(from, to);
      RowBlock block =
          new RowBlock(
              kernel.withPanels(u.panelWidth()).using(scratch),
              x.slice(from, to),
              u,
              loops,
              workspace);
      var sums = new PanelRows(workspace.sums.atLeast(block.sumsLength()), 0, u.panelWidth());
      var gates = new PanelRows(workspace.gates.atLeast(block.sumsLength()), 0, u.panelWidth());
      float[] between = workspace.between.atLeast(block.sumsLength());
      for (int panel = 0; panel < u.panelCount(); panel++) {
        block.multiply(u, panel, sums.array());
        addBias(sums, some.rows(), u, panel);
        block.multiply(g, panel, gates.array());
        addBias(gates, some.rows(), g, panel);
        rows.gate(activation, sums, gates, some.panel(panel, u.panelWidth()), between);
      }
    }
  }

  private static void addBias(PanelRows sums, int rows, PackedMatrix w, int panel) {
    Matrix bias = w.bias();
    if (bias == null) {
      return;
    }
    int width = w.panelWidth();
    for (int n = 0; n < width && panel * width + n < w.rows(); n++) {
      float offset = bias.get(0, panel * width + n);
      for (int r = 0; r < rows; r++) {
        sums.array()[r * width + n] += offset;
      }
    }
  }
}
