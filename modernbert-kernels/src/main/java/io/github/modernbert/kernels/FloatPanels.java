package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Weights as float32: a panel holds, for each input feature in turn, the weights of its output
 * features side by side.
 *
 * @param panels the panels, one after the other, 64-byte aligned
 * @param rows output features
 * @param depth input features
 * @param panelWidth output features of a panel
 * @param bias one row of {@code rows} floats, or null
 */
public record FloatPanels(
    MemorySegment panels, int rows, int depth, int panelWidth, @Nullable Matrix bias)
    implements PackedMatrix {
  @Override
  public long panelBytes() {
    return (long) panelWidth * depth * Float.BYTES;
  }
}
