package io.github.modernbert.kernels;

/**
 * The rows of a product with one panel, one after the other in an array.
 *
 * @param array holds them
 * @param offset of the first row
 * @param width floats of a row
 */
public record PanelRows(float[] array, int offset, int width) {
  int offset(int row) {
    return offset + row * width;
  }
}
