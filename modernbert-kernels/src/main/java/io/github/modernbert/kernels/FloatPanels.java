package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Weights as float32: a panel holds, for each input feature in turn, the weights of its output
 * features side by side.
 *
 * @param product the product that it is packed for
 * @param panels the panels, one after the other, 64-byte aligned
 * @param panelWidth output features of a panel
 * @param rows output features
 * @param depth input features
 * @param bias one row of {@code rows} floats, or null
 */
public record FloatPanels(
    MatrixProduct product,
    MemorySegment panels,
    int panelWidth,
    int rows,
    int depth,
    @Nullable Matrix bias)
    implements PackedMatrix {
  @Override
  public PackedMatrix features(int from, int to) {
    return new FloatPanels(
        product, panelsFrom(from), panelWidth, to - from, depth, biasOf(from, to));
  }

  @Override
  public long panelBytes() {
    return (long) panelWidth * depth * Float.BYTES;
  }
}
