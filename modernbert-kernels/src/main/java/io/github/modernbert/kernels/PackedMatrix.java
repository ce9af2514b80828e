package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix cut into panels of output features: panel p holds the weights of output features
 * {@code p * panelWidth …} for all input features. The last panel is filled up with zeros. It knows
 * the product whose layout it has.
 */
public sealed interface PackedMatrix permits FloatPanels, BFloat16Panels, Int8Panels {
  /** The product that it is packed for. */
  MatrixProduct product();

  /** The panels, one after the other, 64-byte aligned. */
  MemorySegment panels();

  /** Output features. */
  int rows();

  /** Input features. */
  int depth();

  /** Output features of a panel. */
  int panelWidth();

  /** One row of {@link #rows} floats, or null. */
  @Nullable Matrix bias();

  /** The output features {@code from}, which begins a panel, to {@code to}, sharing memory. */
  PackedMatrix features(int from, int to);

  /** Bytes of one panel. */
  long panelBytes();

  /** Number of panels. */
  default int panelCount() {
    return Math.ceilDiv(rows(), panelWidth());
  }

  /** The panels from that of an output feature on. */
  default MemorySegment panelsFrom(int feature) {
    return panels().asSlice(panelOffset(feature / panelWidth()));
  }

  /** The biases of some output features, or null. */
  default @Nullable Matrix biasOf(int from, int to) {
    Matrix bias = bias();
    return bias == null ? null : bias.sliceColumns(from, to);
  }

  /** Byte offset of a panel. */
  default long panelOffset(int panel) {
    return panel * panelBytes();
  }
}
