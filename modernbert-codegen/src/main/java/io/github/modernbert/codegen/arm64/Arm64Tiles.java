package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.asm.XReg.x;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.XReg;
import java.util.function.IntConsumer;

/**
 * Code of tiles of each height, and calls of the one whose height is known when it runs. Tiles
 * leave {@code x16}, {@code x17} and what the caller needs as they are.
 */
final class Arm64Tiles {
  private static final XReg TEMP = x(8);
  private static final XReg TILES_LEFT = x(16);
  private static final XReg TILE = x(17);

  private final Arm64Assembler asm;
  private final Label table = new Label();

  Arm64Tiles(Arm64Assembler asm) {
    this.asm = asm;
  }

  /**
   * Writes the code of tiles and a table of it by height.
   *
   * @param tile writes a tile of a height, to be called, from 1 to {@code most}
   */
  void write(int most, IntConsumer tile) {
    int[] positions = asm.pieces(64, 1, most, tile);
    asm.align(64);
    asm.table(table, positions);
  }

  /** Calls the code of some tiles of a height, then of some of one row less. */
  void call(XReg height, XReg tall, XReg low) {
    asm.mov(TEMP, height);
    call(tall);
    asm.sub(TEMP, height, 1);
    call(low);
  }

  /** Calls the code of some tiles of the height in {@link #TEMP}. */
  private void call(XReg count) {
    var done = new Label();
    asm.cbz(count, done);
    asm.adr(TILE, table);
    asm.ldr(TEMP, TILE, TEMP);
    asm.add(TILE, TILE, TEMP);
    asm.mov(TILES_LEFT, count);
    Label next = asm.label();
    asm.blr(TILE);
    asm.sub(TILES_LEFT, TILES_LEFT, 1);
    asm.cbnz(TILES_LEFT, next);
    asm.bind(done);
  }
}
