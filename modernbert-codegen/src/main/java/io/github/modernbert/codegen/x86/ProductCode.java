package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.Frame.Local;
import java.util.Optional;

/**
 * The functions of products, generated for one shape. All numbers are passed as {@code long},
 * distances in bytes.
 *
 * <pre>{@code
 * void product(rows, panel, sums, result, residual, bias,
 *              depth, blockStride, resultStride, height, tall, short)
 * void panels(rows, panels, result, resultStride, depth, height,
 *             tall, short, blockStride, panelStride, count)
 * void pack(source, sourceStride, rows, depth, target, blockStride)
 * }</pre>
 *
 * Rows come in blocks of {@code DEPTH_BLOCK} columns. They are done in {@code tall} tiles of {@code
 * height} and then {@code short} tiles of one row less. {@code product} walks the whole depth and
 * writes {@code result = residual + ((block sums, in ascending order) + bias)}; the depth must be
 * more than a block, since the last block's sums are added to those that the first one stored. An
 * absent residual or bias is null, and {@code sums} is memory for all rows and {@link
 * #SUMS_ALIGNMENT} bytes more. {@code panels} writes block sums added up likewise, over any depth
 * from 1 on, for several panels side by side.
 *
 * <p>There is another {@code product} for panels of bfloat16: the first tile of a block widens it
 * as it goes, and leaves it as float32 at the beginning of {@code sums}, with memory for it there,
 * for the other tiles. Widening in every tile was 7 % slower from 64 rows on.
 */
public final class ProductCode extends ProductFunctions {
  /** Sums begin at the next multiple of this. */
  public static final int SUMS_ALIGNMENT = 64;

  /** With so many tiles or fewer each must prefetch more; of smaller weights with fewer. */
  private static final int FEW_TILES = 2;

  /** The bits of −0: −0 + x is x, also for x = −0. */
  public static final int NOTHING = 0x80000000;

  private static final Gpr BLOCK = Gpr.RDI;
  private static final Gpr ALL_SUMS = Gpr.RDX;
  private static final Gpr FIRST_RESULT = Gpr.RCX;
  private static final Gpr ALL_RESIDUALS = Gpr.R8;

  // Free between tiles.
  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TEMP_2 = Gpr.R10;
  private static final Gpr TABLE = Gpr.R11;

  // Arguments of product that are on the stack.
  private static final Mem DEPTH = Frame.argument(0);
  private static final Mem BLOCK_STRIDE = Frame.argument(1);
  private static final Mem RESULT_STRIDE = Frame.argument(2);

  private final Label productOfBFloat16 = new Label();
  private final Assembler asm = new Assembler();
  private final KernelShape shape;
  private final Label tiles = new Label();
  private final Label wideningTiles = new Label();
  private final Label nothing = new Label();
  private final Constants constants = new Constants();

  public ProductCode(KernelShape shape) {
    this.shape = shape;
  }

  @Override
  public Optional<Label> productOfBFloat16() {
    return Optional.of(productOfBFloat16);
  }

  @Override
  public byte[] generate() {
    for (PanelFormat format : PanelFormat.values()) {
      writeTiles(format);
    }
    writeProduct(product, PanelFormat.FLOAT32);
    writeProduct(productOfBFloat16, PanelFormat.BFLOAT16);
    writePanels();
    new PackCode(asm, shape.width()).write(pack);
    asm.align(64);
    asm.bind(nothing);
    for (int i = 0; i < shape.panelFloats(); i++) {
      asm.data(NOTHING);
    }
    constants.write(asm);
    return asm.finish();
  }

  /** The code of tiles, and a table of where it is for each height, as distances from the table. */
  private void writeTiles(PanelFormat format) {
    var positions = new int[shape.rows() + 1];
    for (int height = 1; height <= shape.rows(); height++) {
      asm.align(64);
      positions[height] = asm.size();
      new TileCode(asm, shape, height, format, constants).write();
    }
    asm.align(64);
    asm.table(tiles(format), positions);
    asm.align(64);
  }

  private Label tiles(PanelFormat format) {
    return format == PanelFormat.FLOAT32 ? tiles : wideningTiles;
  }

  private void writeProduct(Label entry, PanelFormat format) {
    asm.align(64);
    asm.bind(entry);
    Frame.enter(asm);
    asm.arithmetic(Arithmetic.ADD, ALL_SUMS, SUMS_ALIGNMENT - 1);
    asm.arithmetic(Arithmetic.AND, ALL_SUMS, -SUMS_ALIGNMENT);
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(Frame.local(Local.WIDENED), ALL_SUMS);
      asm.arithmetic(Arithmetic.ADD, ALL_SUMS, shape.blockBytes());
    }
    set(Local.SUMS_STRIDE, shape.panelBytes());
    copy(RESULT_STRIDE, Local.RESULT_STRIDE);
    copy(RESULT_STRIDE, Local.RESIDUAL_STRIDE);
    asm.mov(Frame.local(Local.FIRST_RESULT), FIRST_RESULT);
    orNothing(ALL_RESIDUALS, true);
    orNothing(TileCode.BIAS, false);
    set(Local.ENDING, TileCode.STORE);
    copy(DEPTH, Local.DEPTH_LEFT);

    var block = new Label();
    var more = new Label();
    asm.bind(block);
    takeBlock();
    asm.jump(Condition.NOT_EQUAL, more);
    set(Local.ENDING, TileCode.FINISH);
    asm.bind(more);

    asm.mov(TileCode.RESULT, Frame.local(Local.FIRST_RESULT));
    asm.mov(TileCode.RESIDUAL, ALL_RESIDUALS);
    writePass(format, Frame.argument(3), Frame.argument(4), Frame.argument(5));

    repeatWhileDepthIsLeft(format, block, BLOCK_STRIDE);
    Frame.leave(asm);
  }

  private void writePanels() {
    Mem tall = Frame.argument(0);
    Mem low = Frame.argument(1);
    Mem blockStride = Frame.argument(2);
    Mem panelStride = Frame.argument(3);
    Mem count = Frame.argument(4);
    asm.align(64);
    asm.bind(panels);
    Frame.enter(asm);
    asm.mov(Frame.local(Local.SUMS_STRIDE), Gpr.RCX);
    asm.mov(Frame.local(Local.ALL_DEPTH), Gpr.R8);
    asm.mov(Frame.local(Local.HEIGHT), Gpr.R9);
    asm.mov(Frame.local(Local.FIRST_ROWS), BLOCK);
    asm.mov(Frame.local(Local.FIRST_PANEL), TileCode.PANEL);

    var panel = new Label();
    var block = new Label();
    asm.bind(panel);
    asm.mov(BLOCK, Frame.local(Local.FIRST_ROWS));
    asm.mov(TileCode.PANEL, Frame.local(Local.FIRST_PANEL));
    copy(Frame.local(Local.ALL_DEPTH), Local.DEPTH_LEFT);
    set(Local.ENDING, TileCode.STORE);
    asm.bind(block);
    takeBlock();
    writePass(PanelFormat.FLOAT32, Frame.local(Local.HEIGHT), tall, low);
    repeatWhileDepthIsLeft(PanelFormat.FLOAT32, block, blockStride);

    asm.mov(TEMP, Frame.local(Local.FIRST_PANEL));
    asm.arithmetic(Arithmetic.ADD, TEMP, panelStride);
    asm.mov(Frame.local(Local.FIRST_PANEL), TEMP);
    asm.arithmetic(Arithmetic.ADD, ALL_SUMS, shape.panelBytes());
    asm.mov(TEMP, count);
    asm.dec(TEMP);
    asm.mov(count, TEMP);
    asm.jump(Condition.NOT_EQUAL, panel);
    Frame.leave(asm);
  }

  /** Goes on with the next block, to be added to what is there. */
  private void repeatWhileDepthIsLeft(PanelFormat format, Label block, Mem blockStride) {
    var done = new Label();
    asm.mov(TEMP, Frame.local(Local.DEPTH_LEFT));
    asm.test(TEMP, TEMP);
    asm.jump(Condition.EQUAL, done);
    set(Local.ENDING, TileCode.ADD);
    asm.arithmetic(Arithmetic.ADD, BLOCK, blockStride);
    asm.arithmetic(Arithmetic.ADD, TileCode.PANEL, shape.blockBytes(format));
    asm.jump(block);
    asm.bind(done);
  }

  /** The next block of the depth; the flags tell whether any is left after it. */
  private void takeBlock() {
    var whole = new Label();
    asm.mov(TEMP, Frame.local(Local.DEPTH_LEFT));
    asm.arithmetic(Arithmetic.CMP, TEMP, DEPTH_BLOCK);
    asm.jump(Condition.LESS_OR_EQUAL, whole);
    asm.mov(TEMP, DEPTH_BLOCK);
    asm.bind(whole);
    asm.mov(Frame.local(Local.DEPTH), TEMP);
    asm.mov(TEMP_2, Frame.local(Local.DEPTH_LEFT));
    asm.arithmetic(Arithmetic.SUB, TEMP_2, TEMP);
    asm.mov(Frame.local(Local.DEPTH_LEFT), TEMP_2);
  }

  /** All rows with one block of the panel. */
  private void writePass(PanelFormat format, Mem height, Mem tallTiles, Mem shortTiles) {
    asm.mov(TileCode.ROWS, BLOCK);
    asm.mov(TileCode.SUMS, ALL_SUMS);
    asm.mov(TileCode.PREFETCH, Frame.local(Local.DEPTH));
    asm.mov(TEMP, shape.rowBytes(format));
    asm.imul(TileCode.PREFETCH, TEMP);
    asm.arithmetic(Arithmetic.ADD, TileCode.PREFETCH, TileCode.PANEL);
    asm.mov(TEMP, TileCode.PREFETCH);
    asm.arithmetic(Arithmetic.ADD, TEMP, shape.blockBytes(format));
    asm.mov(Frame.local(Local.PREFETCH_END), TEMP);
    writePrefetchStep(format, tallTiles, shortTiles);

    asm.mov(TEMP, height);
    asm.mov(TEMP_2, tallTiles);
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(Frame.local(Local.PANEL_BLOCK), TileCode.PANEL);
      asm.mov(TEMP_2, 1);
      writeCalls(format);
      asm.mov(TEMP, height);
      asm.mov(TEMP_2, tallTiles);
      asm.dec(TEMP_2);
    }
    writeCalls(PanelFormat.FLOAT32);
    asm.mov(TEMP, height);
    asm.dec(TEMP);
    asm.mov(TEMP_2, shortTiles);
    writeCalls(PanelFormat.FLOAT32);
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(TileCode.PANEL, Frame.local(Local.PANEL_BLOCK));
    }
  }

  private static int fewTiles(PanelFormat format) {
    return FEW_TILES * format.bytes / Float.BYTES;
  }

  private void writePrefetchStep(PanelFormat format, Mem tallTiles, Mem shortTiles) {
    var known = new Label();
    asm.mov(TEMP_2, TileCode.PREFETCH_BYTES_OF_FEW);
    asm.mov(TEMP, tallTiles);
    asm.arithmetic(Arithmetic.ADD, TEMP, shortTiles);
    asm.arithmetic(Arithmetic.CMP, TEMP, fewTiles(format));
    asm.jump(Condition.LESS_OR_EQUAL, known);
    asm.mov(TEMP_2, TileCode.PREFETCH_BYTES_OF_MANY);
    asm.bind(known);
    asm.mov(Frame.local(Local.PREFETCH_STEP), TEMP_2);
  }

  /** So many tiles as {@link #TEMP_2} says, of the height in {@link #TEMP}. */
  private void writeCalls(PanelFormat format) {
    var next = new Label();
    var prefetches = new Label();
    var done = new Label();
    asm.test(TEMP_2, TEMP_2);
    asm.jump(Condition.EQUAL, done);
    asm.mov(Frame.local(Local.TILES), TEMP_2);
    asm.lea(TABLE, Mem.at(tiles(format)));
    asm.arithmetic(Arithmetic.ADD, TABLE, Mem.at(TABLE, TEMP, Long.BYTES, 0));
    asm.mov(Frame.local(Local.TILE_CODE), TABLE);
    asm.bind(next);
    asm.mov(TEMP, Frame.local(Local.TILE_CODE));
    asm.call(TEMP);
    asm.arithmetic(Arithmetic.CMP, TileCode.PREFETCH, Frame.local(Local.PREFETCH_END));
    asm.jump(Condition.BELOW, prefetches);
    set(Local.PREFETCH_STEP, 0);
    asm.bind(prefetches);
    asm.mov(TEMP, Frame.local(Local.TILES));
    asm.dec(TEMP);
    asm.mov(Frame.local(Local.TILES), TEMP);
    asm.jump(Condition.NOT_EQUAL, next);
    asm.bind(done);
  }

  /** Where there is nothing to add, adds what changes nothing. */
  private void orNothing(Gpr operand, boolean rows) {
    var given = new Label();
    asm.test(operand, operand);
    asm.jump(Condition.NOT_EQUAL, given);
    asm.lea(operand, Mem.at(nothing));
    if (rows) {
      set(Local.RESIDUAL_STRIDE, 0);
    }
    asm.bind(given);
  }

  private void set(Local local, int value) {
    asm.mov(TEMP, value);
    asm.mov(Frame.local(local), TEMP);
  }

  private void copy(Mem from, Local to) {
    asm.mov(TEMP, from);
    asm.mov(Frame.local(to), TEMP);
  }
}
