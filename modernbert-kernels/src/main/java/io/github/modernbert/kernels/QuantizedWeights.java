package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/** Weights as integers, made of float32 as they are read; see {@link Quantization}. */
public final class QuantizedWeights implements Int8Source {
  private final int depth;
  private final FloatSource weights;
  private final float[] row;

  /**
   * @param depth input features
   * @param weights output features by input features
   */
  public QuantizedWeights(int depth, FloatSource weights) {
    this.depth = depth;
    this.weights = weights;
    this.row = new float[depth];
  }

  @Override
  public float read(int feature, byte[] target) {
    weights.read((long) feature * depth, depth, MemorySegment.ofArray(row));
    float largest = 0;
    for (float value : row) {
      largest = Quantization.larger(largest, value);
    }
    float inverse = Quantization.inverse(largest);
    for (int k = 0; k < depth; k++) {
      target[k] = (byte) Quantization.round(row[k] * inverse);
    }
    return Quantization.scale(largest);
  }
}
