package io.github.modernbert.vector;

import static io.github.modernbert.vector.Species.BYTES;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.ORDER;

import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Widens weights to float32, a part of a panel at a time: two vectors a feature. */
final class PanelWidening {
  private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
  private static final int UPPER_HALF = 0xFFFF0000;

  private PanelWidening() {}

  static void widen(PackedMatrix w, int panel, int k, int depth, MemorySegment target) {
    long first = w.panelOffset(panel);
    switch (w) {
      case FloatPanels f -> throw new IllegalArgumentException("float32 need not be widened");
      case BFloat16Panels b -> bfloat16(w.panels(), first + (long) k * BYTES, depth, target);
      case Int8Panels q ->
          int8(
              w.panels(),
              first + (long) k / Int8Panels.GROUP * 2 * BYTES,
              Math.ceilDiv(depth, Int8Panels.GROUP),
              target);
    }
  }

  private static void bfloat16(MemorySegment from, long offset, int depth, MemorySegment to) {
    for (long at = 0; at < (long) depth * BYTES; at += BYTES) {
      IntVector pairs = IntVector.fromMemorySegment(INTS, from, offset + at, ORDER);
      pairs.lanewise(VectorOperators.LSHL, Short.SIZE).intoMemorySegment(to, 2 * at, ORDER);
      pairs.and(UPPER_HALF).intoMemorySegment(to, 2 * at + BYTES, ORDER);
    }
  }

  /** The four bytes of each lane one after the other, without a helper: see {@link ExpLoop}. */
  private static void int8(MemorySegment from, long offset, int groups, MemorySegment to) {
    for (long g = 0; g < groups; g++) {
      for (int v = 0; v < 2; v++) {
        IntVector four =
            IntVector.fromMemorySegment(
                INTS, from, offset + (2 * g + v) * BYTES, ByteOrder.LITTLE_ENDIAN);
        long at = (8 * g + v) * BYTES;
        four.lanewise(VectorOperators.LSHL, 24)
            .lanewise(VectorOperators.ASHR, 24)
            .convert(VectorOperators.I2F, 0)
            .intoMemorySegment(to, at, ORDER);
        four.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 24)
            .convert(VectorOperators.I2F, 0)
            .intoMemorySegment(to, at + 2L * BYTES, ORDER);
        four.lanewise(VectorOperators.LSHL, 8)
            .lanewise(VectorOperators.ASHR, 24)
            .convert(VectorOperators.I2F, 0)
            .intoMemorySegment(to, at + 4L * BYTES, ORDER);
        four.lanewise(VectorOperators.ASHR, 24)
            .convert(VectorOperators.I2F, 0)
            .intoMemorySegment(to, at + 6L * BYTES, ORDER);
      }
    }
  }
}
