package io.github.modernbert.vector;

import static io.github.modernbert.vector.Species.FLOAT;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.LANES;
import static io.github.modernbert.vector.Species.ORDER;

import io.github.modernbert.kernels.Reduction;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Sums over a part of a row in the shape of {@link Reduction}. */
final class RowSums {
  /** Bytes after which the partial sums come round. */
  private static final int ROUND = Reduction.LANES * Float.BYTES;

  private RowSums() {}

  /** Adds Σ x. */
  static void sum(MemorySegment x, long offset, int count, float[] lanes) {
    long end = offset + (long) count * Float.BYTES / ROUND * ROUND;
    for (int first = 0; first < Reduction.LANES; first += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, lanes, first);
      for (long at = offset + (long) first * Float.BYTES; at < end; at += ROUND) {
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, x, at, ORDER));
      }
      sum.intoArray(lanes, first);
    }
    for (int lane = 0; lane < count % Reduction.LANES; lane++) {
      lanes[lane] += x.get(FLOAT, end + (long) lane * Float.BYTES);
    }
  }

  /** Adds Σ (x − mean)². */
  static void squaredDistances(MemorySegment x, long offset, float mean, int count, float[] lanes) {
    FloatVector means = Species.all(mean);
    long end = offset + (long) count * Float.BYTES / ROUND * ROUND;
    for (int first = 0; first < Reduction.LANES; first += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, lanes, first);
      for (long at = offset + (long) first * Float.BYTES; at < end; at += ROUND) {
        FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).sub(means);
        sum = d.fma(d, sum);
      }
      sum.intoArray(lanes, first);
    }
    for (int lane = 0; lane < count % Reduction.LANES; lane++) {
      float d = x.get(FLOAT, end + (long) lane * Float.BYTES) - mean;
      lanes[lane] = Math.fma(d, d, lanes[lane]);
    }
  }
}
