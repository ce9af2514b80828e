package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MatrixTest {
  @Test
  void moreThanARowHoldsIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      for (Matrix m : List.of(Matrix.allocate(arena, 2, 70), Matrix.allocateBlocks(arena, 2, 70))) {
        assertThrows(IndexOutOfBoundsException.class, () -> m.setRow(0, new float[71]));
        assertThrows(IndexOutOfBoundsException.class, () -> m.read(0, 69, new float[2], 0, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> m.read(0, -1, new float[2], 0, 2));
        assertArrayEquals(new float[70], m.row(0));
      }
    }
  }

  @Test
  void rowsMayBeSetInPart() {
    try (Arena arena = Arena.ofConfined()) {
      Matrix m = Matrix.allocateBlocks(arena, 3, 70);
      var values = new float[66];
      values[63] = 1;
      values[65] = 2;
      m.slice(1, 3).setRow(1, values);
      var expected = new float[70];
      System.arraycopy(values, 0, expected, 0, values.length);
      assertArrayEquals(expected, m.row(2));
      assertArrayEquals(new float[70], m.row(1));
    }
  }
}
