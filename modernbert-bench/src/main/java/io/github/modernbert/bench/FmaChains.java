package io.github.modernbert.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Twelve independent chains of fused multiply-adds that never leave the registers: two units of a
 * latency of four cycles need eight, and with both operands they fit into 16 registers. Nothing
 * that loads or stores can be faster.
 */
final class FmaChains {
  /** The widest vectors of the machine. */
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  static final int CHAINS = 12;
  private static final int STEPS = 10_000;

  /** Keeps values near 1 … CHAINS: denormal or infinite ones may take longer. */
  private static final float FACTOR = 0.9999f;

  private static final float TERM = 1e-4f;

  private final float[] ends = new float[CHAINS * SPECIES.length()];

  void run() {
    FloatVector factor = FloatVector.broadcast(SPECIES, FACTOR);
    FloatVector term = FloatVector.broadcast(SPECIES, TERM);
    FloatVector c0 = FloatVector.broadcast(SPECIES, start(0));
    FloatVector c1 = FloatVector.broadcast(SPECIES, start(1));
    FloatVector c2 = FloatVector.broadcast(SPECIES, start(2));
    FloatVector c3 = FloatVector.broadcast(SPECIES, start(3));
    FloatVector c4 = FloatVector.broadcast(SPECIES, start(4));
    FloatVector c5 = FloatVector.broadcast(SPECIES, start(5));
    FloatVector c6 = FloatVector.broadcast(SPECIES, start(6));
    FloatVector c7 = FloatVector.broadcast(SPECIES, start(7));
    FloatVector c8 = FloatVector.broadcast(SPECIES, start(8));
    FloatVector c9 = FloatVector.broadcast(SPECIES, start(9));
    FloatVector c10 = FloatVector.broadcast(SPECIES, start(10));
    FloatVector c11 = FloatVector.broadcast(SPECIES, start(11));
    for (int i = 0; i < STEPS; i++) {
      c0 = c0.fma(factor, term);
      c1 = c1.fma(factor, term);
      c2 = c2.fma(factor, term);
      c3 = c3.fma(factor, term);
      c4 = c4.fma(factor, term);
      c5 = c5.fma(factor, term);
      c6 = c6.fma(factor, term);
      c7 = c7.fma(factor, term);
      c8 = c8.fma(factor, term);
      c9 = c9.fma(factor, term);
      c10 = c10.fma(factor, term);
      c11 = c11.fma(factor, term);
    }
    int lanes = SPECIES.length();
    c0.intoArray(ends, 0);
    c1.intoArray(ends, lanes);
    c2.intoArray(ends, 2 * lanes);
    c3.intoArray(ends, 3 * lanes);
    c4.intoArray(ends, 4 * lanes);
    c5.intoArray(ends, 5 * lanes);
    c6.intoArray(ends, 6 * lanes);
    c7.intoArray(ends, 7 * lanes);
    c8.intoArray(ends, 8 * lanes);
    c9.intoArray(ends, 9 * lanes);
    c10.intoArray(ends, 10 * lanes);
    c11.intoArray(ends, 11 * lanes);
  }

  private static float start(int chain) {
    return chain + 1;
  }

  /** The number of floating-point operations of one run. */
  static long flops() {
    return 2L * CHAINS * SPECIES.length() * STEPS;
  }

  /** Every lane must have the bits of the scalar chain. */
  void check() {
    var expected = new float[ends.length];
    for (int i = 0; i < expected.length; i++) {
      float value = start(i / SPECIES.length());
      for (int step = 0; step < STEPS; step++) {
        value = Math.fma(value, FACTOR, TERM);
      }
      expected[i] = value;
    }
    Check.sameBits(expected, ends, "multiply-add chains");
  }
}
