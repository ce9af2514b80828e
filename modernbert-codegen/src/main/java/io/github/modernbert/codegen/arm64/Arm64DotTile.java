package io.github.modernbert.codegen.arm64;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.kernels.Int8Panels;

/** The tile with {@code sdot}: the loop of {@link Arm64TileCode} for integers. */
final class Arm64DotTile extends Arm64Int8Tile {
  private static final int VECTORS = COLUMNS / Width.XMM.floats();

  /** Groups of four columns that a register holds of a row. */
  private static final int GROUPS = Width.XMM.bytes() / Int8Panels.GROUP;

  private static final Vec FIRST = free(MAX_ROWS);
  private static final Vec SECOND = free(MAX_ROWS + 1);

  Arm64DotTile(Arm64Assembler asm, int height) {
    super(asm, height);
  }

  private static Vec sum(int row, int vector) {
    return Width.XMM.register(row * VECTORS + vector);
  }

  @Override
  void multiplyBlock() {
    for (int column = 0; column < ROW_BYTES; column += Width.XMM.bytes()) {
      for (int row = 0; row < height; row++) {
        asm.ldr(free(row), ELEMENT, row * ROW_BYTES + column);
      }
      for (int group = 0; group < GROUPS; group++) {
        multiply(column / Int8Panels.GROUP + group, group);
      }
    }
  }

  private void multiply(int panelRow, int lane) {
    for (int v = 0; v < VECTORS; v += 2) {
      asm.ldp(FIRST, SECOND, PANEL_ROW, panelRow * GROUP_BYTES + v * Width.XMM.bytes());
      for (int row = 0; row < height; row++) {
        asm.sdot(sum(row, v), FIRST, free(row), lane);
        asm.sdot(sum(row, v + 1), SECOND, free(row), lane);
      }
    }
  }

  @Override
  void store() {
    for (int row = 0; row < height; row++) {
      storeRow(sum(row, 0), sum(row, 1), sum(row, 2), sum(row, 3));
    }
  }
}
