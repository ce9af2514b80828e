package io.github.modernbert.codegen;

import io.github.modernbert.codegen.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.ScalarOp.Condition;

/**
 * The functions of products of integers. All numbers are passed as {@code long}, distances in
 * bytes.
 *
 * <pre>{@code
 * void product(rows, panel, scales, offsets, prefetch, featureScales,
 *              shifts, bias, residual, result, extras, depth, blockStride, resultStride,
 *              residualStride, height, tall, short)
 * }</pre>
 *
 * Rows are what {@link QuantizeCode} makes, the depth a multiple of a block. They are done in {@code
 * tall} tiles of {@code height} and then {@code short} tiles of one row less. What becomes of the
 * sums says {@link Int8Finish}. {@code prefetch} is the distance of the next panel, or 0.
 */
final class Int8Code {
  /** Rows of the tile; moves on. */
  static final Gpr ROWS = Gpr.RDI;

  /** Kept. */
  static final Gpr PANEL = Gpr.RSI;

  /** Distance of what to prefetch. */
  static final Gpr PREFETCH = Gpr.R8;

  static final Mem EXTRAS = Frame.argument(4);
  static final Mem DEPTH = Frame.argument(5);
  static final Mem BLOCK_STRIDE = Frame.argument(6);
  static final Mem RESULT_STRIDE = Frame.argument(7);
  static final Mem RESIDUAL_STRIDE = Frame.argument(8);
  private static final Mem HEIGHT = Frame.argument(9);
  private static final Mem TALL = Frame.argument(10);
  private static final Mem LOW = Frame.argument(11);

  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TABLE = Gpr.R10;

  final Label quantize = new Label();
  final Label product = new Label();
  final Label amxProduct = new Label();

  private final Assembler asm = new Assembler();
  private final Label tiles = new Label();

  byte[] generate() {
    new QuantizeCode(asm).write(quantize);
    writeTiles();
    writeProduct();
    new AmxCode(asm).write(amxProduct);
    return asm.finish();
  }

  /** The code of tiles, and a table of where it is for each height, as distances from the table. */
  private void writeTiles() {
    var positions = new int[DotTileCode.MAX_ROWS + 1];
    for (int height = 1; height <= DotTileCode.MAX_ROWS; height++) {
      asm.align(64);
      positions[height] = asm.size();
      new DotTileCode(asm, height).write();
    }
    asm.align(64);
    asm.bind(tiles);
    int table = asm.size();
    for (int position : positions) {
      long distance = position - table;
      asm.data((int) distance);
      asm.data((int) (distance >> Integer.SIZE));
    }
  }

  private void writeProduct() {
    asm.align(64);
    asm.bind(product);
    Frame.enter(asm);
    writeArguments(asm);
    writeTiles(TALL);
    asm.mov(TEMP, HEIGHT);
    asm.dec(TEMP);
    asm.mov(HEIGHT, TEMP);
    writeTiles(LOW);
    Frame.leave(asm);
  }

  /** Takes from the stack what has a register. */
  static void writeArguments(Assembler asm) {
    asm.mov(Int8Finish.SHIFTS, Frame.argument(0));
    asm.mov(Int8Finish.BIAS, Frame.argument(1));
    asm.mov(Int8Finish.RESIDUAL, Frame.argument(2));
    asm.mov(Int8Finish.RESULT, Frame.argument(3));
  }

  /** So many tiles of the height in {@link #HEIGHT}. */
  private void writeTiles(Mem count) {
    var next = new Label();
    var done = new Label();
    asm.bind(next);
    asm.mov(TEMP, count);
    asm.test(TEMP, TEMP);
    asm.jump(Condition.EQUAL, done);
    asm.dec(TEMP);
    asm.mov(count, TEMP);
    asm.lea(TABLE, Mem.at(tiles));
    asm.mov(TEMP, HEIGHT);
    asm.arithmetic(Arithmetic.ADD, TABLE, Mem.at(TABLE, TEMP, Long.BYTES, 0));
    asm.call(TABLE);
    asm.mov(PREFETCH, 0);
    asm.jump(next);
    asm.bind(done);
  }
}
