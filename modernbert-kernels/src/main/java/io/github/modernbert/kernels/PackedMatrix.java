package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix cut into panels of output features: panel p holds, for each input feature in
 * turn, the weights of output features {@code p * panelWidth …}, side by side. The last panel is
 * filled up with zeros.
 *
 * @param panels the panels, one after the other, 64-byte aligned
 * @param rows output features
 * @param depth input features
 * @param panelWidth output features of a panel
 * @param bias one row of {@code rows} floats, or null
 */
public record PackedMatrix(
    MemorySegment panels, int rows, int depth, int panelWidth, @Nullable Matrix bias) {

  /**
   * Packs a row-major matrix, a panel of rows at a time, so that little more memory is needed than
   * the result takes.
   */
  static PackedMatrix pack(
      Arena arena,
      int rows,
      int depth,
      int panelWidth,
      FloatSource weights,
      @Nullable FloatSource bias) {
    int count = Math.ceilDiv(rows, panelWidth);
    long panelFloats = (long) panelWidth * depth;
    MemorySegment panels = arena.allocate(count * panelFloats * Float.BYTES, Matrix.ALIGNMENT);
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment some = temporary.allocate(panelFloats * Float.BYTES, Matrix.ALIGNMENT);
      for (int p = 0; p < count; p++) {
        int height = Math.min(panelWidth, rows - p * panelWidth);
        weights.read(p * panelFloats, (long) height * depth, some);
        MemorySegment panel =
            panels.asSlice(p * panelFloats * Float.BYTES, panelFloats * Float.BYTES);
        for (int k = 0; k < depth; k++) {
          for (int r = 0; r < height; r++) {
            float w = some.getAtIndex(Matrix.FLOAT, (long) r * depth + k);
            panel.setAtIndex(Matrix.FLOAT, (long) k * panelWidth + r, w);
          }
        }
      }
    }
    Matrix biasRow = null;
    if (bias != null) {
      biasRow = Matrix.allocate(arena, 1, rows);
      bias.read(0, rows, biasRow.segment());
    }
    return new PackedMatrix(panels, rows, depth, panelWidth, biasRow);
  }

  /** Number of panels. */
  public int panelCount() {
    return Math.ceilDiv(rows, panelWidth);
  }

  /** Byte offset of a panel. */
  public long panelOffset(int panel) {
    return (long) panel * panelWidth * depth * Float.BYTES;
  }
}
