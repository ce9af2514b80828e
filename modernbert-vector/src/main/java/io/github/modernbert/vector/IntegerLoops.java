package io.github.modernbert.vector;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.INTS;
import static io.github.modernbert.vector.Species.LANES;

import io.github.modernbert.kernels.Quantization;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Loops over a row in blocks of columns that make integers of it, which are kept as floats; see
 * {@link Quantization}.
 */
final class IntegerLoops {
  private IntegerLoops() {}

  private static int at(int offset, int blockStride, int i) {
    return offset + i / DEPTH_BLOCK * blockStride + i % DEPTH_BLOCK;
  }

  static void scale(
      float[] x, int xOffset, int blockStride, float factor, float[] factors, int count) {
    FloatVector all = Species.all(factor);
    for (int i = 0; i < count; i += LANES) {
      int at = at(xOffset, blockStride, i);
      FloatVector.fromArray(FLOATS, x, at)
          .mul(all)
          .mul(FloatVector.fromArray(FLOATS, factors, i))
          .intoArray(x, at);
    }
  }

  static float largest(float[] x, int xOffset, int blockStride, int count) {
    // As bits, which are in the order of absolute values; a NaN is the largest.
    IntVector largest = IntVector.zero(INTS);
    for (int i = 0; i < count; i += LANES) {
      largest =
          FloatVector.fromArray(FLOATS, x, at(xOffset, blockStride, i))
              .viewAsIntegralLanes()
              .and(Integer.MAX_VALUE)
              .max(largest);
    }
    return Float.intBitsToFloat(largest.reduceLanes(VectorOperators.MAX));
  }

  static void round(float[] x, int xOffset, int blockStride, float inverse, int count) {
    FloatVector round = Species.all(Quantization.ROUND);
    FloatVector inverses = Species.all(inverse);
    for (int i = 0; i < count; i += LANES) {
      int at = at(xOffset, blockStride, i);
      FloatVector.fromArray(FLOATS, x, at).mul(inverses).add(round).sub(round).intoArray(x, at);
    }
  }

  static float roundKeepingResiduals(
      float[] x,
      int xOffset,
      int residualOffset,
      int blockStride,
      float inverse,
      float scale,
      int count) {
    FloatVector round = Species.all(Quantization.ROUND);
    FloatVector inverses = Species.all(inverse);
    FloatVector negativeScales = Species.all(-scale);
    FloatVector squares = Species.zero();
    for (int i = 0; i < count; i += LANES) {
      int at = at(xOffset, blockStride, i);
      FloatVector value = FloatVector.fromArray(FLOATS, x, at);
      FloatVector q = value.mul(inverses).add(round).sub(round);
      squares = q.fma(q, squares);
      q.intoArray(x, at);
      q.fma(negativeScales, value).intoArray(x, at(residualOffset, blockStride, i));
    }
    return squares.reduceLanes(VectorOperators.ADD);
  }
}
