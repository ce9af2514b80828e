package io.github.modernbert.encoder;

import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.weights.RotaryFrequencies;
import java.lang.foreign.Arena;

/**
 * The table of cosines and sines of one kind of layer, which grows with the positions that are
 * asked for. The angle is rounded to float32 as the reference does; its cosine and sine are taken
 * in float64 and rounded once.
 */
final class RotaryTables {
  private static final int SMALLEST = 64;

  private final Arena arena;
  private final float[] inverse;
  private final double factor;
  private final int maxPositions;
  private Rotary table;

  RotaryTables(Arena arena, RotaryFrequencies frequencies, int maxPositions) {
    this.arena = arena;
    this.inverse = frequencies.inverse();
    this.factor = frequencies.attentionFactor();
    this.maxPositions = maxPositions;
    this.table = compute(Math.min(SMALLEST, maxPositions));
  }

  /** A table of at least this number of positions. */
  synchronized Rotary upTo(int positions) {
    int known = table.cos().rows();
    if (positions > known) {
      table = compute(Math.clamp(2L * known, positions, maxPositions));
    }
    return table;
  }

  private Rotary compute(int positions) {
    Matrix cos = Matrix.allocate(arena, positions, inverse.length);
    Matrix sin = Matrix.allocate(arena, positions, inverse.length);
    for (int p = 0; p < positions; p++) {
      for (int j = 0; j < inverse.length; j++) {
        float angle = p * inverse[j];
        // StrictMath: the same bits on every machine.
        cos.set(p, j, (float) (StrictMath.cos(angle) * factor));
        sin.set(p, j, (float) (StrictMath.sin(angle) * factor));
      }
    }
    return new Rotary(cos, sin);
  }
}
