package io.github.modernbert.vector;

import static io.github.modernbert.kernels.Coefficients.*;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.INTS;
import static io.github.modernbert.vector.Species.LANES;

import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Reduction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link io.github.modernbert.kernels.FloatMath#exp} lane by lane. In one piece: these are more
 * operations than C2 takes before it stops to inline methods that are not the vector API's own
 * ({@code NodeCountInliningCutoff}); with helpers it would box every vector.
 */
final class ExpLoop {
  private ExpLoop() {}

  /**
   * {@code y[i] = exp(x[i] − max)} for i from {@code from} to {@code to}, and {@code lanes[l] += Σ
   * y[i]} over i ≡ l modulo {@link Reduction#LANES} in ascending order. Both ends are multiples of
   * that. y may be x.
   *
   * @param xOffset of x[0]
   * @param yOffset of y[0]; the elements of y lie in blocks of {@link Kernels#DEPTH_BLOCK}
   * @param blockStride from one block to the next
   */
  static void apply(
      float[] x,
      int xOffset,
      int from,
      int to,
      float max,
      float[] y,
      int yOffset,
      int blockStride,
      float[] lanes,
      int lanesOffset) {
    FloatVector maxima = FloatVector.broadcast(FLOATS, max);
    FloatVector toInteger = FloatVector.broadcast(FLOATS, ROUND_TO_INTEGER);
    FloatVector log2e = FloatVector.broadcast(FLOATS, LOG2_E);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, -LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, -LN2_LOW);
    FloatVector c4 = FloatVector.broadcast(FLOATS, EXP_4);
    FloatVector c3 = FloatVector.broadcast(FLOATS, EXP_3);
    FloatVector c2 = FloatVector.broadcast(FLOATS, EXP_2);
    FloatVector c1 = FloatVector.broadcast(FLOATS, EXP_1);
    FloatVector c0 = FloatVector.broadcast(FLOATS, EXP_0);
    IntVector integerBits = IntVector.broadcast(INTS, ROUND_TO_INTEGER_BITS);
    IntVector bias = IntVector.broadcast(INTS, 127);
    for (int first = 0; first < Reduction.LANES; first += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, lanes, lanesOffset + first);
      for (int i = from + first; i < to; i += Reduction.LANES) {
        FloatVector d = FloatVector.fromArray(FLOATS, x, xOffset + i).sub(maxima).min(EXP_HIGHEST);
        // Products that underflow take the processor more than a hundred cycles.
        VectorMask<Float> vanishes = d.lt(EXP_VANISHES);
        FloatVector v = d.blend(0f, vanishes);
        FloatVector shifted = v.fma(log2e, toInteger);
        FloatVector n = shifted.sub(toInteger);
        FloatVector r = n.fma(ln2Low, n.fma(ln2High, v));
        FloatVector q = c4.fma(r, c3).fma(r, c2).fma(r, c1).fma(r, c0);
        FloatVector p = r.mul(r).fma(q, r).add(1f);
        IntVector exponent = shifted.viewAsIntegralLanes().sub(integerBits);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        IntVector rest = exponent.sub(half);
        FloatVector e =
            p.mul(half.add(bias).lanewise(VectorOperators.LSHL, 23).viewAsFloatingLanes())
                .mul(rest.add(bias).lanewise(VectorOperators.LSHL, 23).viewAsFloatingLanes())
                .blend(0f, vanishes);
        sum = sum.add(e);
        int at = yOffset + i / Kernels.DEPTH_BLOCK * blockStride + i % Kernels.DEPTH_BLOCK;
        e.intoArray(y, at);
      }
      sum.intoArray(lanes, lanesOffset + first);
    }
  }
}
