package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.spec.ProductFunctions.PRODUCT;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.TileCode.Local;

/** Generates the {@link ProductFunctions} for one shape, and another one that attention calls. */
public final class ProductCode {
  /**
   * Multiplies rows with several panels, whose results lie side by side, over any depth from 1 on,
   * and writes the block sums, added up in ascending order. The first steps of the depth are left
   * out, {@code skipped} of them, fewer than the first block has. Of each block of a panel the
   * first {@code prefetched} bytes are not prefetched.
   */
  public static final Signature PANELS =
      Signature.of(
          """
          void panels(address rows, address panels, address result, long resultStride,
              long depth, long height, long tall, long low, long blockStride, long panelStride,
              long count, long skipped, long prefetched)\
          """);

  /**
   * Tiles of float32 up to which each must prefetch more; of smaller weights they are fewer in
   * proportion.
   */
  private static final int FEW_TILES = 2;

  // Both functions get rows, panel and sums in the same registers.
  private static final Gpr BLOCK = Frame.register(PRODUCT, "rows");
  private static final Gpr ALL_SUMS = Frame.register(PRODUCT, "sums");
  private static final Gpr ALL_RESIDUALS = Frame.register(PRODUCT, "residual");

  // Free between tiles.
  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TEMP_2 = Gpr.R10;
  private static final Gpr TABLE = Gpr.R11;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Label tiles = new Label();
  private final Label wideningTiles = new Label();
  private final Label negativeZeros = new Label();

  public ProductCode(X86Assembler asm, KernelShape shape) {
    this.asm = asm;
    this.shape = shape;
  }

  /** Writes all functions. */
  public void write() {
    for (PanelFormat format : PanelFormat.values()) {
      writeTiles(format);
    }
    writeProduct(PRODUCT, PanelFormat.FLOAT32);
    writeProduct(ProductFunctions.PRODUCT_OF_BFLOAT16, PanelFormat.BFLOAT16);
    writePanels();
    asm.align(64);
    asm.bind(negativeZeros);
    asm.data(ProductFunctions.NEGATIVE_ZERO, shape.panelFloats());
  }

  /** Writes the code of tiles and a table of it by height. */
  private void writeTiles(PanelFormat format) {
    int[] positions =
        asm.pieces(64, 1, shape.rows(), height -> new TileCode(asm, shape, height, format).write());
    asm.align(64);
    asm.table(tiles(format), positions);
    asm.align(64);
  }

  private Label tiles(PanelFormat format) {
    return format == PanelFormat.FLOAT32 ? tiles : wideningTiles;
  }

  private void writeProduct(Signature signature, PanelFormat format) {
    Mem resultStride = Frame.stack(PRODUCT, "resultStride");
    asm.align(64);
    asm.function(signature);
    Frame.enter(asm, Local.values());
    asm.add(ALL_SUMS, ProductFunctions.SUMS_ALIGNMENT - 1);
    asm.and(ALL_SUMS, -ProductFunctions.SUMS_ALIGNMENT);
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(Frame.word(Local.WIDENED), ALL_SUMS);
      asm.add(ALL_SUMS, shape.blockBytes());
    }
    set(Local.SUMS_STRIDE, shape.panelBytes());
    set(Local.PREFETCHED, 0);
    Macros.copy(asm, resultStride, Frame.word(Local.RESULT_STRIDE), TEMP);
    Macros.copy(asm, resultStride, Frame.word(Local.RESIDUAL_STRIDE), TEMP);
    asm.mov(Frame.word(Local.FIRST_RESULT), Frame.register(PRODUCT, "result"));
    replaceAbsent(ALL_RESIDUALS, true);
    replaceAbsent(TileCode.BIAS, false);
    set(Local.ENDING, ProductFunctions.STORE);
    Macros.copy(asm, Frame.stack(PRODUCT, "depth"), Frame.word(Local.DEPTH_LEFT), TEMP);

    var more = new Label();
    Label block = asm.label();
    takeBlock();
    asm.jne(more);
    set(Local.ENDING, ProductFunctions.FINISH);
    asm.bind(more);

    asm.mov(TileCode.RESULT, Frame.word(Local.FIRST_RESULT));
    asm.mov(TileCode.RESIDUAL, ALL_RESIDUALS);
    writePass(
        format,
        Frame.stack(PRODUCT, "height"),
        Frame.stack(PRODUCT, "tall"),
        Frame.stack(PRODUCT, "low"));

    repeatWhileDepthIsLeft(format, block, Frame.stack(PRODUCT, "blockStride"));
    Frame.leave(asm);
  }

  private void writePanels() {
    Mem count = Frame.stack(PANELS, "count");
    asm.align(64);
    asm.function(PANELS);
    Frame.enter(asm, Local.values());
    asm.mov(Frame.word(Local.SUMS_STRIDE), Frame.register(PANELS, "resultStride"));
    asm.mov(Frame.word(Local.ALL_DEPTH), Frame.register(PANELS, "depth"));
    asm.mov(Frame.word(Local.HEIGHT), Frame.register(PANELS, "height"));
    Macros.copy(asm, Frame.stack(PANELS, "prefetched"), Frame.word(Local.PREFETCHED), TEMP);
    asm.mov(Frame.word(Local.FIRST_ROWS), BLOCK);
    asm.mov(Frame.word(Local.FIRST_PANEL), TileCode.PANEL);

    Label panel = asm.label();
    asm.mov(BLOCK, Frame.word(Local.FIRST_ROWS));
    asm.mov(TileCode.PANEL, Frame.word(Local.FIRST_PANEL));
    Macros.copy(asm, Frame.word(Local.ALL_DEPTH), Frame.word(Local.DEPTH_LEFT), TEMP);
    Macros.copy(asm, Frame.stack(PANELS, "skipped"), Frame.word(Local.SKIPPED), TEMP);
    set(Local.ENDING, ProductFunctions.STORE);
    Label block = asm.label();
    takeBlock();
    skip();
    writePass(
        PanelFormat.FLOAT32,
        Frame.word(Local.HEIGHT),
        Frame.stack(PANELS, "tall"),
        Frame.stack(PANELS, "low"));
    unskip();
    repeatWhileDepthIsLeft(PanelFormat.FLOAT32, block, Frame.stack(PANELS, "blockStride"));

    asm.mov(TEMP, Frame.word(Local.FIRST_PANEL));
    asm.add(TEMP, Frame.stack(PANELS, "panelStride"));
    asm.mov(Frame.word(Local.FIRST_PANEL), TEMP);
    asm.add(ALL_SUMS, shape.panelBytes());
    Macros.countDown(asm, count, TEMP);
    asm.jne(panel);
    Frame.leave(asm);
  }

  /** Leaves out the beginning of the first block. */
  private void skip() {
    asm.mov(TEMP, Frame.word(Local.SKIPPED));
    asm.mov(TEMP_2, Frame.word(Local.DEPTH));
    asm.sub(TEMP_2, TEMP);
    asm.mov(Frame.word(Local.DEPTH), TEMP_2);
    asm.lea(BLOCK, Mem.at(BLOCK, TEMP, Float.BYTES, 0));
    asm.shl(TEMP, Integer.numberOfTrailingZeros(shape.panelBytes()));
    asm.add(TileCode.PANEL, TEMP);
  }

  /** Goes back to where the block begins; no other one has anything left out. */
  private void unskip() {
    asm.mov(TEMP, Frame.word(Local.SKIPPED));
    asm.shl(TEMP, 2);
    asm.sub(BLOCK, TEMP);
    asm.shl(TEMP, Integer.numberOfTrailingZeros(shape.panelFloats()));
    asm.sub(TileCode.PANEL, TEMP);
    set(Local.SKIPPED, 0);
  }

  /** Goes on with the next block, whose sums are added to those that are stored. */
  private void repeatWhileDepthIsLeft(PanelFormat format, Label block, Mem blockStride) {
    var done = new Label();
    asm.mov(TEMP, Frame.word(Local.DEPTH_LEFT));
    asm.test(TEMP, TEMP);
    asm.je(done);
    set(Local.ENDING, ProductFunctions.ADD);
    asm.add(BLOCK, blockStride);
    asm.add(TileCode.PANEL, shape.blockBytes(format));
    asm.jmp(block);
    asm.bind(done);
  }

  /** Takes the next block of the depth; the flags tell whether any is left after it. */
  private void takeBlock() {
    asm.mov(TEMP, Frame.word(Local.DEPTH_LEFT));
    Macros.atMost(asm, TEMP, DEPTH_BLOCK);
    asm.mov(Frame.word(Local.DEPTH), TEMP);
    asm.mov(TEMP_2, Frame.word(Local.DEPTH_LEFT));
    asm.sub(TEMP_2, TEMP);
    asm.mov(Frame.word(Local.DEPTH_LEFT), TEMP_2);
  }

  /** Multiplies all rows with one block of the panel. */
  private void writePass(PanelFormat format, Mem height, Mem tallTiles, Mem shortTiles) {
    asm.mov(TileCode.ROWS, BLOCK);
    asm.mov(TileCode.SUMS, ALL_SUMS);
    asm.mov(TileCode.PREFETCH, Frame.word(Local.DEPTH));
    asm.mov(TEMP, shape.rowBytes(format));
    asm.imul(TileCode.PREFETCH, TEMP);
    asm.add(TileCode.PREFETCH, TileCode.PANEL);
    asm.add(TileCode.PREFETCH, Frame.word(Local.PREFETCHED));
    asm.mov(TEMP, TileCode.PREFETCH);
    asm.add(TEMP, shape.blockBytes(format));
    asm.mov(Frame.word(Local.PREFETCH_END), TEMP);
    writePrefetchStep(format, tallTiles, shortTiles);

    asm.mov(TEMP, height);
    asm.mov(TEMP_2, tallTiles);
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(Frame.word(Local.PANEL_BLOCK), TileCode.PANEL);
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
      asm.mov(TileCode.PANEL, Frame.word(Local.PANEL_BLOCK));
    }
  }

  /**
   * The tiles that few rows are cut into, for all of them together to prefetch the next block of a
   * panel. Of AVX-512 panels of float32 a tile prefetches half: 14 tokens, which fit into one, took
   * twice as long as 15.
   */
  public static int fewestTiles(KernelShape shape, PanelFormat format) {
    return Math.ceilDiv(TileCode.UNROLLED * shape.rowBytes(format), TileCode.PREFETCH_BYTES_OF_FEW);
  }

  private static int fewTiles(PanelFormat format) {
    return FEW_TILES * format.bytes / Float.BYTES;
  }

  private void writePrefetchStep(PanelFormat format, Mem tallTiles, Mem shortTiles) {
    var known = new Label();
    asm.mov(TEMP_2, TileCode.PREFETCH_BYTES_OF_FEW);
    asm.mov(TEMP, tallTiles);
    asm.add(TEMP, shortTiles);
    asm.cmp(TEMP, fewTiles(format));
    asm.jle(known);
    asm.mov(TEMP_2, TileCode.PREFETCH_BYTES_OF_MANY);
    asm.bind(known);
    asm.mov(Frame.word(Local.PREFETCH_STEP), TEMP_2);
  }

  /** Calls the code of as many tiles as {@link #TEMP_2} says, of the height in {@link #TEMP}. */
  private void writeCalls(PanelFormat format) {
    var prefetches = new Label();
    var done = new Label();
    asm.test(TEMP_2, TEMP_2);
    asm.je(done);
    asm.mov(Frame.word(Local.TILES), TEMP_2);
    asm.lea(TABLE, Mem.at(tiles(format)));
    asm.add(TABLE, Mem.at(TABLE, TEMP, Long.BYTES, 0));
    asm.mov(Frame.word(Local.TILE_CODE), TABLE);
    Label next = asm.label();
    asm.mov(TEMP, Frame.word(Local.TILE_CODE));
    asm.call(TEMP);
    asm.cmp(TileCode.PREFETCH, Frame.word(Local.PREFETCH_END));
    asm.jb(prefetches);
    set(Local.PREFETCH_STEP, 0);
    asm.bind(prefetches);
    Macros.countDown(asm, Frame.word(Local.TILES), TEMP);
    asm.jne(next);
    asm.bind(done);
  }

  /** Replaces an operand that is null by −0, which changes nothing. */
  private void replaceAbsent(Gpr operand, boolean rows) {
    var given = new Label();
    asm.test(operand, operand);
    asm.jne(given);
    asm.lea(operand, Mem.at(negativeZeros));
    if (rows) {
      set(Local.RESIDUAL_STRIDE, 0);
    }
    asm.bind(given);
  }

  private void set(Local local, int value) {
    asm.mov(TEMP, value);
    asm.mov(Frame.word(local), TEMP);
  }
}
