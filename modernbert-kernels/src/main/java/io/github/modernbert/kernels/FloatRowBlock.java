package io.github.modernbert.kernels;

/** Rows of float32, for weights of that or of bfloat16. */
final class FloatRowBlock extends RowBlock {
  private final int rows;

  /** Copies the rows. */
  FloatRowBlock(MicroKernel kernel, ProductWorkspace workspace, Matrix x) {
    super(kernel, workspace, x, x.rows());
    rows = x.rows();
  }

  @Override
  void multiply(PackedMatrix w, int panel, float[] sums) {
    multiply(w, panel, 0, w.depth(), rows, sums);
  }
}
