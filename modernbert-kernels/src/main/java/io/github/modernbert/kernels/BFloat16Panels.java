package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Weights as bfloat16, the upper halves of float32. A panel holds, for each input feature in turn,
 * one integer for each two of its output features: its lower half is the weight of feature n of the
 * panel, its upper half that of feature {@code n + panelWidth / 2}. So a shift and a mask widen
 * them to vectors of features side by side.
 *
 * @param product the product that it is packed for
 * @param panels the panels, one after the other, 64-byte aligned
 * @param panelWidth output features of a panel
 * @param rows output features
 * @param depth input features, more than {@link Kernels#FLOAT64_MAX_DEPTH}
 * @param bias one row of {@code rows} floats, or null
 */
public record BFloat16Panels(
    MatrixProduct product,
    MemorySegment panels,
    int panelWidth,
    int rows,
    int depth,
    @Nullable Matrix bias)
    implements PackedMatrix {
  @Override
  public PackedMatrix features(int from, int to) {
    return new BFloat16Panels(
        product, panelsFrom(from), panelWidth, to - from, depth, biasOf(from, to));
  }

  @Override
  public long panelBytes() {
    return (long) panelWidth * depth * Short.BYTES;
  }
}
