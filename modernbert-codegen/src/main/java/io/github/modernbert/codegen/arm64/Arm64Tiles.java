package io.github.modernbert.codegen.arm64;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.XReg;
import java.util.function.IntConsumer;

/**
 * Pieces of code for tiles of each height, and calls of the one whose height is known when it runs.
 * Tiles leave {@code x16}, {@code x17} and what the caller needs as they are.
 */
final class Arm64Tiles {
  private static final XReg TEMP = XReg.X8;
  private static final XReg TILES_LEFT = XReg.X16;
  private static final XReg TILE = XReg.X17;

  private final Arm64Assembler asm;
  private final Label table = new Label();

  Arm64Tiles(Arm64Assembler asm) {
    this.asm = asm;
  }

  /**
   * Writes the code, and a table of where it is for each height, as distances from the table.
   *
   * @param tile writes a tile of a height, to be called, from 1 to {@code most}
   */
  void write(int most, IntConsumer tile) {
    var positions = new int[most + 1];
    for (int height = 1; height <= most; height++) {
      asm.align(64);
      positions[height] = asm.size();
      tile.accept(height);
    }
    asm.align(64);
    asm.bind(table);
    int start = asm.size();
    for (int position : positions) {
      long distance = position - start;
      asm.data((int) distance);
      asm.data((int) (distance >> Integer.SIZE));
    }
  }

  /** So many tiles of a height, then so many of one row less. */
  void call(XReg height, XReg tall, XReg low) {
    asm.mov(TEMP, height);
    call(tall);
    asm.sub(TEMP, height, 1);
    call(low);
  }

  /** Of the height in {@link #TEMP}. */
  private void call(XReg count) {
    var next = new Label();
    var done = new Label();
    asm.jumpIfZero(count, done);
    asm.adr(TILE, table);
    asm.ldr(TEMP, TILE, TEMP);
    asm.add(TILE, TILE, TEMP);
    asm.mov(TILES_LEFT, count);
    asm.bind(next);
    asm.call(TILE);
    asm.sub(TILES_LEFT, TILES_LEFT, 1);
    asm.jumpIfNotZero(TILES_LEFT, next);
    asm.bind(done);
  }
}
