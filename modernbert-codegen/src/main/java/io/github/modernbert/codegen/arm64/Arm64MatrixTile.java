package io.github.modernbert.codegen.arm64;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Arm64Assembler.Lanes;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.kernels.Int8Panels;

/**
 * The tile with {@code smmla}, which multiplies two rows and two columns over eight input features.
 * The panel's groups of four features are put together here, so that weights lie alike on all
 * processors.
 */
final class Arm64MatrixTile extends Arm64Int8Tile {
  private static final int PAIRS = MAX_ROWS / 2;

  /** Registers of sums for two rows: each holds those of two columns. */
  private static final int SUMS_OF_PAIR = COLUMNS / 2;

  /** Features that an instruction multiplies. */
  private static final int STEP = 2 * Int8Panels.GROUP;

  private static final Vec FIRST = free(PAIRS);
  private static final Vec SECOND = free(PAIRS + 1);
  private static final Vec LEFT_COLUMNS = free(PAIRS + 2);
  private static final Vec RIGHT_COLUMNS = free(PAIRS + 3);

  Arm64MatrixTile(Arm64Assembler asm, int height) {
    super(asm, height);
  }

  private static Vec sum(int pair, int columns) {
    return Width.XMM.register(pair * SUMS_OF_PAIR + columns);
  }

  private int pairs() {
    return Math.ceilDiv(height, 2);
  }

  @Override
  void multiplyBlock() {
    for (int column = 0; column < ROW_BYTES; column += STEP) {
      for (int pair = 0; pair < pairs(); pair++) {
        loadPair(pair, column);
      }
      multiply(column / Int8Panels.GROUP);
    }
  }

  /** Loads two rows; a row without another one is paired with zeros. */
  private void loadPair(int pair, int column) {
    int row = 2 * pair;
    asm.ldr(free(pair).d(), ELEMENT, row * ROW_BYTES + column);
    if (row + 1 < height) {
      asm.ldr(FIRST.d(), ELEMENT, (row + 1) * ROW_BYTES + column);
      asm.zip1(Lanes.D2, free(pair), free(pair), FIRST);
    }
  }

  private void multiply(int panelRow) {
    for (int v = 0; v < SUMS_OF_PAIR; v += 2) {
      int at = panelRow * GROUP_BYTES + v / 2 * Width.XMM.bytes();
      asm.ldr(FIRST, PANEL_ROW, at);
      asm.ldr(SECOND, PANEL_ROW, at + GROUP_BYTES);
      asm.zip1(Lanes.S4, LEFT_COLUMNS, FIRST, SECOND);
      asm.zip2(Lanes.S4, RIGHT_COLUMNS, FIRST, SECOND);
      for (int pair = 0; pair < pairs(); pair++) {
        asm.smmla(sum(pair, v), free(pair), LEFT_COLUMNS);
        asm.smmla(sum(pair, v + 1), free(pair), RIGHT_COLUMNS);
      }
    }
  }

  @Override
  void store() {
    for (int row = 0; row < height; row++) {
      int pair = row / 2;
      for (int i = 0; i < 4; i++) {
        Vec left = sum(pair, 2 * i);
        Vec right = sum(pair, 2 * i + 1);
        if (row % 2 == 0) {
          asm.zip1(Lanes.D2, free(i), left, right);
        } else {
          asm.zip2(Lanes.D2, free(i), left, right);
        }
      }
      storeRow(free(0), free(1), free(2), free(3));
    }
  }
}
