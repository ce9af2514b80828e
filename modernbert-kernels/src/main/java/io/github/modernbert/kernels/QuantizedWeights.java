package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Weights as integers, made of float32 as they are read; see {@link Quantization}. In short loops
 * over arrays, which C2 vectorises; the bits of floats are copied from one array to another, since
 * loops that see them stay scalar.
 */
public final class QuantizedWeights implements Int8Source {
  private final int depth;
  private final FloatSource weights;
  private final float[] row;
  private final int[] bits;

  /**
   * @param depth input features
   * @param weights output features by input features
   */
  public QuantizedWeights(int depth, FloatSource weights) {
    this.depth = depth;
    this.weights = weights;
    this.row = new float[depth];
    this.bits = new int[depth];
  }

  @Override
  public float read(int feature, byte[] target) {
    weights.read((long) feature * depth, depth, MemorySegment.ofArray(row));
    MemorySegment.ofArray(bits).copyFrom(MemorySegment.ofArray(row));
    float largest = Float.intBitsToFloat(Quantization.largestMagnitude(bits));
    round(row, Quantization.inverse(largest), bits);
    narrow(bits, target);
    return Quantization.scale(largest);
  }

  private static void round(float[] values, float inverse, int[] integers) {
    for (int k = 0; k < values.length; k++) {
      integers[k] = (int) Quantization.round(values[k] * inverse);
    }
  }

  private static void narrow(int[] integers, byte[] target) {
    for (int k = 0; k < integers.length; k++) {
      target[k] = (byte) integers[k];
    }
  }
}
