package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Weights as integers from −127 to 127, each output feature with a scale of its own; see {@link
 * Quantization}. A panel holds, for four input features at a time, the four weights of each of its
 * output features one after the other: what instructions for sums of four products read. Input
 * features are filled up with zeros to a multiple of {@link #DEPTH_STEP}.
 *
 * @param product the product that it is packed for
 * @param panels the panels, one after the other, 64-byte aligned
 * @param panelWidth output features of a panel
 * @param rows output features
 * @param depth input features, at most {@link Quantization#MAX_DEPTH}
 * @param scales what the integers of each output feature are multiplied with, one row
 * @param shifts −128 times the sum of the integers of each output feature: what sums of products
 *     begin with if 128 was added to each activation; filled up with zeros to whole panels
 * @param bias one row of {@code rows} floats, or null
 */
public record Int8Panels(
    MatrixProduct product,
    MemorySegment panels,
    int panelWidth,
    int rows,
    int depth,
    Matrix scales,
    MemorySegment shifts,
    @Nullable Matrix bias)
    implements PackedMatrix {
  /** Input features in memory are multiples of this. */
  public static final int DEPTH_STEP = 64;

  /** Added to activations, it makes them unsigned. */
  public static final int SHIFT = 128;

  /** Input features that lie side by side. */
  public static final int GROUP = 4;

  /** Input features in memory. */
  public int paddedDepth() {
    return Math.ceilDiv(depth, DEPTH_STEP) * DEPTH_STEP;
  }

  @Override
  public PackedMatrix features(int from, int to) {
    // Whole panels of scales, as of all features.
    int end = from + Math.ceilDiv(to - from, panelWidth) * panelWidth;
    return new Int8Panels(
        product,
        panelsFrom(from),
        panelWidth,
        to - from,
        depth,
        scales.sliceColumns(from, Math.min(end, scales.columns())),
        shifts.asSlice((long) from * Integer.BYTES),
        biasOf(from, to));
  }

  @Override
  public long panelBytes() {
    return (long) panelWidth * paddedDepth();
  }
}
