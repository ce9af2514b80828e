package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.spec.ProductFunctions.ROW_BYTES;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;

/**
 * The innermost loops of products: for each height one piece of code that multiplies so many rows
 * with a block of a panel, all sums in registers. Called from code, with operands in registers and
 * {@link Local} words.
 *
 * @param format of the panel. A tile of bfloat16 leaves the block as float32 for the next tiles
 */
record TileCode(X86Assembler asm, KernelShape shape, int height, PanelFormat format) {
  /** Words of the frame of product functions. Tiles use those up to {@link #PREFETCH_STEP}. */
  enum Local {
    /** The end of a tile: {@link ProductFunctions#STORE} and so on. */
    ENDING,
    /** Depth of the block. */
    DEPTH,
    /** Distance of rows of sums that are not complete. */
    SUMS_STRIDE,
    /** Distance of rows of results. */
    RESULT_STRIDE,
    /** Distance of rows that are added to results. */
    RESIDUAL_STRIDE,
    /** How far prefetching goes on with each step; 0 when it is done. */
    PREFETCH_STEP,
    /** Where prefetching ends. */
    PREFETCH_END,
    /** Where results begin. */
    FIRST_RESULT,
    /** Depth that is left after this block. */
    DEPTH_LEFT,
    /** The whole depth, for each of several panels. */
    ALL_DEPTH,
    /** The height of tiles, for each of several panels. */
    HEIGHT,
    /** Steps of the depth that are left out at the beginning of the block. */
    SKIPPED,
    /** Bytes of the next block of the panel that are prefetched already. */
    PREFETCHED,
    /** Where rows begin, for each of several panels. */
    FIRST_ROWS,
    /** Where the panel begins. */
    FIRST_PANEL,
    /** Memory for a block of the panel as float32; tiles of bfloat16 use it too. */
    WIDENED,
    /** The block as it is. */
    PANEL_BLOCK,
    /** Tiles that are left to do. */
    TILES,
    /** Their code. */
    TILE_CODE
  }

  /** The block of the panel; kept, or replaced by {@link Local#WIDENED}. */
  static final Gpr PANEL = Frame.register(ProductFunctions.PRODUCT, "panel");

  /** Bias of the panel's columns; kept. */
  static final Gpr BIAS = Frame.register(ProductFunctions.PRODUCT, "bias");

  /** The tile's rows, one after the other in the block; moves on to the next tile's. */
  static final Gpr ROWS = Gpr.RAX;

  /** Stored sums; moves on. */
  static final Gpr SUMS = Gpr.R12;

  /** Results; moves on with {@link ProductFunctions#FINISH}. */
  static final Gpr RESULT = Gpr.R13;

  /** Rows that are added to results; moves on with {@link ProductFunctions#FINISH}. */
  static final Gpr RESIDUAL = Gpr.R14;

  /** Weights that are prefetched; moves on. */
  static final Gpr PREFETCH = Gpr.R15;

  private static final Gpr ELEMENT = Gpr.R10;
  private static final Gpr PANEL_ROW = Gpr.R11;
  private static final Gpr COUNT = Gpr.RBX;
  private static final Gpr NEXT_ROWS = Gpr.RCX;

  /** Steps of the depth that are written out. */
  static final int UNROLLED = 4;

  private static final int LINE = 64;
  private static final int UPPER_HALF = 0xFFFF0000;

  /** Cache lines of the next block that are prefetched in {@link #UNROLLED} steps. */
  private static final int LINES = 4;

  /**
   * How many blocks before the prefetch into the first cache there is one into an outer cache: the
   * few misses that the first cache can wait for at a time do not bridge the way to memory. The
   * blocks are those of float32; for bfloat16 no other distance was better.
   */
  private static final int FAR_BLOCKS = 2;

  /** How far prefetching goes on in {@link #UNROLLED} steps when few tiles share a block. */
  static final int PREFETCH_BYTES_OF_FEW = LINES * LINE;

  /**
   * How far prefetching goes on with more tiles: each line is asked for twice, the second time for
   * nothing. Measured: 2 to 5 % faster than once.
   */
  static final int PREFETCH_BYTES_OF_MANY = LINES * LINE / 2;

  /**
   * Lines of the next tile's rows that are prefetched in {@link #UNROLLED} steps: with all steps of
   * a block, 4 KB from two places on.
   */
  private static final int[] NEXT_ROWS_LINES = {0, LINE, 2048, 2048 + LINE};

  void write() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        Macros.clear(asm, shape.sum(row, v));
      }
    }
    asm.mov(ELEMENT, ROWS);
    asm.mov(PANEL_ROW, PANEL);
    takeWidened();
    // So that NEXT_ROWS + 8 · ELEMENT runs through the next tile's rows while ELEMENT runs through
    // the columns.
    asm.mov(COUNT, ROWS);
    asm.shl(COUNT, 3);
    asm.mov(NEXT_ROWS, ROWS);
    asm.sub(NEXT_ROWS, COUNT);
    multiply();
    takeWidened();
    end();
    asm.add(ROWS, height * ROW_BYTES);
    asm.ret();
  }

  private void takeWidened() {
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(PANEL, Frame.word(Local.WIDENED));
    }
  }

  private void multiply() {
    var rest = new Label();
    var done = new Label();
    asm.mov(COUNT, Frame.word(Local.DEPTH));
    asm.shr(COUNT, Integer.numberOfTrailingZeros(UNROLLED));
    asm.je(rest);
    asm.align(32);
    Label several = asm.label();
    for (int k = 0; k < UNROLLED; k++) {
      step(k);
    }
    int far = FAR_BLOCKS * shape.blockBytes();
    for (int line = 0; line < LINES; line++) {
      asm.prefetcht0(Mem.at(PREFETCH, line * LINE));
      asm.prefetcht2(Mem.at(PREFETCH, far + line * LINE));
    }
    asm.add(PREFETCH, Frame.word(Local.PREFETCH_STEP));
    for (int at : NEXT_ROWS_LINES) {
      asm.prefetcht0(Mem.at(NEXT_ROWS, ELEMENT, 8, height * ROW_BYTES + at));
    }
    advance(UNROLLED, several);

    asm.bind(rest);
    asm.mov(COUNT, Frame.word(Local.DEPTH));
    asm.and(COUNT, UNROLLED - 1);
    asm.je(done);
    Label single = asm.label();
    step(0);
    advance(1, single);
    asm.bind(done);
  }

  private void step(int k) {
    switch (format) {
      case FLOAT32 -> load(k);
      case BFLOAT16 -> widen(k);
    }
    for (int row = 0; row < height; row++) {
      Vec element = shape.element(row);
      asm.vbroadcastss(element, Mem.at(ELEMENT, row * ROW_BYTES + k * Float.BYTES));
      for (int v = 0; v < shape.vectors(); v++) {
        asm.vfmadd231ps(shape.sum(row, v), element, shape.panel(v));
      }
    }
  }

  private void load(int k) {
    for (int v = 0; v < shape.vectors(); v++) {
      Mem at = vector(PANEL_ROW, k * shape.vectors() + v);
      asm.vmovups(shape.panel(v), at);
    }
  }

  private void widen(int k) {
    int half = shape.vectors() / 2;
    for (int v = 0; v < half; v++) {
      Vec lower = shape.panel(v);
      Vec upper = shape.panel(half + v);
      asm.vmovups(lower, vector(PANEL_ROW, k * half + v));
      asm.vandps(upper, lower, asm.constantBits(UPPER_HALF));
      asm.vpslld(lower, lower, Short.SIZE);
    }
    for (int v = 0; v < shape.vectors(); v++) {
      asm.vmovups(vector(PANEL, k * shape.vectors() + v), shape.panel(v));
    }
  }

  private void advance(int steps, Label again) {
    asm.add(ELEMENT, steps * Float.BYTES);
    asm.add(PANEL_ROW, steps * shape.rowBytes(format));
    if (format == PanelFormat.BFLOAT16) {
      asm.add(PANEL, steps * shape.panelBytes());
    }
    asm.dec(COUNT);
    asm.jne(again);
  }

  private void end() {
    var add = new Label();
    var finish = new Label();
    var done = new Label();
    asm.mov(COUNT, Frame.word(Local.ENDING));
    asm.cmp(COUNT, ProductFunctions.ADD);
    asm.je(add);
    asm.ja(finish);
    storeRows(false);
    asm.jmp(done);
    asm.bind(add);
    storeRows(true);
    asm.jmp(done);
    asm.bind(finish);
    finishRows();
    asm.bind(done);
  }

  private void storeRows(boolean add) {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        Vec sum = shape.sum(row, v);
        if (add) {
          asm.vaddps(sum, sum, vector(SUMS, v));
        }
        asm.vmovups(vector(SUMS, v), sum);
      }
      asm.add(SUMS, Frame.word(Local.SUMS_STRIDE));
    }
  }

  private void finishRows() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        Vec sum = shape.sum(row, v);
        asm.vaddps(sum, sum, vector(SUMS, v));
        asm.vaddps(sum, sum, vector(BIAS, v));
        asm.vaddps(sum, sum, vector(RESIDUAL, v));
        asm.vmovups(vector(RESULT, v), sum);
      }
      asm.add(SUMS, Frame.word(Local.SUMS_STRIDE));
      asm.add(RESULT, Frame.word(Local.RESULT_STRIDE));
      asm.add(RESIDUAL, Frame.word(Local.RESIDUAL_STRIDE));
    }
  }

  private Mem vector(Gpr base, int number) {
    return Mem.at(base, number * shape.width().bytes());
  }
}
