package io.github.modernbert.vector;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width, fixed when the class loads: the just-in-time compiler needs it as a constant.
 * Wider vectors than a reduction has lanes are of no use.
 */
final class Species {
  /** System property that forces a width, in bits; for tests and measurements. */
  static final String BITS_PROPERTY = "modernbert.vector.bits";

  static final VectorSpecies<Float> FLOATS = choose();
  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
  static final int LANES = FLOATS.length();
  static final int BYTES = FLOATS.vectorByteSize();
  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private Species() {}

  private static VectorSpecies<Float> choose() {
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int bits = Integer.getInteger(BITS_PROPERTY, Math.min(preferred, 512));
    return switch (bits) {
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default ->
          throw new IllegalArgumentException(
              BITS_PROPERTY + " must be 128, 256 or 512, found " + bits);
    };
  }

  /** Zero in every lane. */
  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }

  /** The same value in every lane. */
  static FloatVector all(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }
}
