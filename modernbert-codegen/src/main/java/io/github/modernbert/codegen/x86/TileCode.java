package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Cache;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.x86.Frame.Local;

/**
 * The innermost loops of products: for each height one piece of code that multiplies so many rows
 * with a block of a panel, all sums in registers. Called from code, with what follows in registers
 * and {@link Frame.Local}s.
 */
public final class TileCode {
  /** {@code c = sum}: the first block of a product. */
  public static final int STORE = 0;

  /** {@code c = c + sum}. */
  public static final int ADD = 1;

  /** {@code y = residual + ((c + sum) + bias)}: the last block of a product. */
  public static final int FINISH = 2;

  /** The block of the panel; kept, or replaced by {@link Local#WIDENED}. */
  static final Gpr PANEL = Gpr.RSI;

  /** Bias of the panel's columns; kept. */
  static final Gpr BIAS = Gpr.R9;

  /** The tile's rows, at distances of {@link #ROW_BYTES}; moves on to the next tile's. */
  static final Gpr ROWS = Gpr.RAX;

  /** c; moves on. */
  static final Gpr SUMS = Gpr.R12;

  /** y; moves on with {@link #FINISH}. */
  static final Gpr RESULT = Gpr.R13;

  /** What is added to y; moves on with {@link #FINISH}. */
  static final Gpr RESIDUAL = Gpr.R14;

  /** What will be needed next; moves on. */
  static final Gpr PREFETCH = Gpr.R15;

  public static final int ROW_BYTES = DEPTH_BLOCK * Float.BYTES;

  private static final Gpr ELEMENT = Gpr.R10;
  private static final Gpr PANEL_ROW = Gpr.R11;
  private static final Gpr COUNT = Gpr.RBX;
  private static final Gpr NEXT_ROWS = Gpr.RCX;

  /** Steps of the depth that are written out. */
  private static final int UNROLLED = 4;

  private static final int LINE = 64;
  private static final int UPPER_HALF = 0xFFFF0000;

  /** Cache lines of the next block that are prefetched in {@link #UNROLLED} steps. */
  private static final int LINES = 4;

  /**
   * What is prefetched into the first cache was fetched into an outer one so many blocks before:
   * the few misses that the first cache can wait for at a time do not bridge the way to memory. The
   * blocks are those of float32; for bfloat16 no other distance was better.
   */
  private static final int FAR_BLOCKS = 2;

  /** How far prefetching goes on in {@link #UNROLLED} steps when few tiles share a block. */
  static final int PREFETCH_BYTES_OF_FEW = LINES * LINE;

  /**
   * The same with more tiles: each line is asked for twice, the second time for nothing. Measured:
   * 2 to 5 % faster than once.
   */
  static final int PREFETCH_BYTES_OF_MANY = LINES * LINE / 2;

  /**
   * Lines of the next tile's rows that are prefetched in {@link #UNROLLED} steps: with all steps of
   * a block, 4 KB from two places on.
   */
  private static final int[] NEXT_ROWS_LINES = {0, LINE, 2048, 2048 + LINE};

  private final Assembler asm;
  private final KernelShape shape;
  private final int height;
  private final PanelFormat format;
  private final Constants constants;

  /**
   * @param format of the panel. A tile of bfloat16 leaves the block as float32 for the next tiles
   * @param constants those that the code will need
   */
  TileCode(Assembler asm, KernelShape shape, int height, PanelFormat format, Constants constants) {
    this.asm = asm;
    this.shape = shape;
    this.height = height;
    this.format = format;
    this.constants = constants;
  }

  void write() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        clear(shape.sum(row, v));
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
    asm.arithmetic(Arithmetic.SUB, NEXT_ROWS, COUNT);
    multiply();
    takeWidened();
    end();
    asm.arithmetic(Arithmetic.ADD, ROWS, height * ROW_BYTES);
    asm.ret();
  }

  private void takeWidened() {
    if (format == PanelFormat.BFLOAT16) {
      asm.mov(PANEL, Frame.local(Local.WIDENED));
    }
  }

  /** In the way that processors do without executing anything. */
  private void clear(Vec register) {
    if (register.number() < 16) {
      Vec low = Width.XMM.register(register.number());
      asm.emit(VectorOp.VXORPS, low, low, low);
    } else {
      asm.emit(VectorOp.VPXORD, register, register, register);
    }
  }

  private void multiply() {
    var several = new Label();
    var rest = new Label();
    var single = new Label();
    var done = new Label();
    asm.mov(COUNT, Frame.local(Local.DEPTH));
    asm.shr(COUNT, Integer.numberOfTrailingZeros(UNROLLED));
    asm.jump(Condition.EQUAL, rest);
    asm.align(32);
    asm.bind(several);
    for (int k = 0; k < UNROLLED; k++) {
      step(k);
    }
    int far = FAR_BLOCKS * shape.blockBytes();
    for (int line = 0; line < LINES; line++) {
      asm.prefetch(Cache.T0, Mem.at(PREFETCH, line * LINE));
      asm.prefetch(Cache.T2, Mem.at(PREFETCH, far + line * LINE));
    }
    asm.arithmetic(Arithmetic.ADD, PREFETCH, Frame.local(Local.PREFETCH_STEP));
    for (int at : NEXT_ROWS_LINES) {
      asm.prefetch(Cache.T0, Mem.at(NEXT_ROWS, ELEMENT, 8, height * ROW_BYTES + at));
    }
    advance(UNROLLED, several);

    asm.bind(rest);
    asm.mov(COUNT, Frame.local(Local.DEPTH));
    asm.arithmetic(Arithmetic.AND, COUNT, UNROLLED - 1);
    asm.jump(Condition.EQUAL, done);
    asm.bind(single);
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
      asm.emit(VectorOp.VBROADCASTSS, element, Mem.at(ELEMENT, row * ROW_BYTES + k * Float.BYTES));
      for (int v = 0; v < shape.vectors(); v++) {
        asm.emit(VectorOp.VFMADD231PS, shape.sum(row, v), element, shape.panel(v));
      }
    }
  }

  private void load(int k) {
    for (int v = 0; v < shape.vectors(); v++) {
      Mem at = vector(PANEL_ROW, k * shape.vectors() + v);
      asm.emit(VectorOp.VMOVUPS_LOAD, shape.panel(v), at);
    }
  }

  private void widen(int k) {
    int half = shape.vectors() / 2;
    for (int v = 0; v < half; v++) {
      Vec lower = shape.panel(v);
      Vec upper = shape.panel(half + v);
      asm.emit(VectorOp.VMOVUPS_LOAD, lower, vector(PANEL_ROW, k * half + v));
      asm.emit(VectorOp.VANDPS, upper, lower, constants.ofBits(UPPER_HALF));
      asm.emit(VectorOp.VPSLLD, Short.SIZE, lower, lower);
    }
    for (int v = 0; v < shape.vectors(); v++) {
      asm.emit(VectorOp.VMOVUPS_STORE, vector(PANEL, k * shape.vectors() + v), shape.panel(v));
    }
  }

  private void advance(int steps, Label again) {
    asm.arithmetic(Arithmetic.ADD, ELEMENT, steps * Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, PANEL_ROW, steps * shape.rowBytes(format));
    if (format == PanelFormat.BFLOAT16) {
      asm.arithmetic(Arithmetic.ADD, PANEL, steps * shape.panelBytes());
    }
    asm.dec(COUNT);
    asm.jump(Condition.NOT_EQUAL, again);
  }

  private void end() {
    var add = new Label();
    var finish = new Label();
    var done = new Label();
    asm.mov(COUNT, Frame.local(Local.ENDING));
    asm.arithmetic(Arithmetic.CMP, COUNT, ADD);
    asm.jump(Condition.EQUAL, add);
    asm.jump(Condition.ABOVE, finish);
    storeRows(false);
    asm.jump(done);
    asm.bind(add);
    storeRows(true);
    asm.jump(done);
    asm.bind(finish);
    finishRows();
    asm.bind(done);
  }

  private void storeRows(boolean add) {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        Vec sum = shape.sum(row, v);
        if (add) {
          asm.emit(VectorOp.VADDPS, sum, sum, vector(SUMS, v));
        }
        asm.emit(VectorOp.VMOVUPS_STORE, vector(SUMS, v), sum);
      }
      asm.arithmetic(Arithmetic.ADD, SUMS, Frame.local(Local.SUMS_STRIDE));
    }
  }

  private void finishRows() {
    for (int row = 0; row < height; row++) {
      for (int v = 0; v < shape.vectors(); v++) {
        Vec sum = shape.sum(row, v);
        asm.emit(VectorOp.VADDPS, sum, sum, vector(SUMS, v));
        asm.emit(VectorOp.VADDPS, sum, sum, vector(BIAS, v));
        asm.emit(VectorOp.VADDPS, sum, sum, vector(RESIDUAL, v));
        asm.emit(VectorOp.VMOVUPS_STORE, vector(RESULT, v), sum);
      }
      asm.arithmetic(Arithmetic.ADD, SUMS, Frame.local(Local.SUMS_STRIDE));
      asm.arithmetic(Arithmetic.ADD, RESULT, Frame.local(Local.RESULT_STRIDE));
      asm.arithmetic(Arithmetic.ADD, RESIDUAL, Frame.local(Local.RESIDUAL_STRIDE));
    }
  }

  private Mem vector(Gpr base, int number) {
    return Mem.at(base, number * shape.width().bytes());
  }
}
