package io.github.modernbert.kernels;

/** Products of float32, with weights of that or of bfloat16. */
final class FloatPanelLoop extends PanelLoop {
  private final int rows;

  /** Copies the rows. */
  FloatPanelLoop(TiledKernels kernels, Scratch scratch, Matrix x, int width) {
    super(kernels, scratch, x, width, x.rows());
    rows = x.rows();
  }

  @Override
  void multiply(PackedMatrix w, int panel, float[] sums) {
    multiply(w, panel, 0, w.depth(), rows, sums);
  }
}
