package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import java.util.List;

/** Generates the function of products of 8-bit integers. */
public final class Int8Code {
  /**
   * Multiplies rows with panels. Numbers are passed as {@code long}, distances in bytes.
   *
   * <p>Rows are those that {@link QuantizeCode} makes, {@code count} of them and {@code fine}
   * second rows behind them; the depth is a multiple of a block. Panel after panel, products of
   * second rows go to {@code extras}, a panel's columns for each, behind one row of zeros; then
   * those of rows go through {@link Int8Finish} to the result. From a panel's columns of the result
   * to the next one's it is {@code step}, and {@code blockStep} where a block of columns ends; the
   * first panel begins one. The residual lies as the result does; residual and bias may be null.
   * {@code sums} is memory that AMX needs. Without AMX tiles prefetch {@code prefetchStep} bytes of
   * the next panel with each 16 input features, see {@link #prefetchStep}.
   */
  public static final Signature PRODUCT =
      Signature.of(
          """
          void productOfInt8(address rows, address panels, address scales, address offsets,
              address extras, address featureScales, address shifts, address bias,
              address residual, address result, address sums, long count, long fine,
              long panelCount, long depth, long blockStride, long resultStride, long step,
              long blockStep, long prefetchStep)\
          """);

  /** Rows of the tile; moves on. */
  static final Gpr ROWS = Frame.register(PRODUCT, "rows");

  /** The panel; kept. */
  static final Gpr PANEL = Frame.register(PRODUCT, "panels");

  /** For {@link Int8Tiles}, which prefetch weights. */
  static final Gpr PREFETCH = Gpr.R8;

  static final Mem SUMS = Frame.stack(PRODUCT, "sums");
  static final Mem DEPTH = Frame.stack(PRODUCT, "depth");
  static final Mem PREFETCH_STEP = Frame.stack(PRODUCT, "prefetchStep");
  static final Mem BLOCK_STRIDE = Frame.stack(PRODUCT, "blockStride");

  private static final Mem ALL_SHIFTS = Frame.stack(PRODUCT, "shifts");
  private static final Mem ALL_BIAS = Frame.stack(PRODUCT, "bias");
  private static final Mem FIRST_RESIDUAL = Frame.stack(PRODUCT, "residual");
  private static final Mem FIRST_RESULT = Frame.stack(PRODUCT, "result");
  private static final Mem COUNT = Frame.stack(PRODUCT, "count");
  private static final Mem FINE = Frame.stack(PRODUCT, "fine");
  private static final Mem PANELS = Frame.stack(PRODUCT, "panelCount");
  private static final Mem STRIDE = Frame.stack(PRODUCT, "resultStride");
  private static final Mem STEP = Frame.stack(PRODUCT, "step");
  private static final Mem BLOCK_STEP = Frame.stack(PRODUCT, "blockStep");

  /** Words of the frame. */
  private enum Local {
    ROWS_LEFT,
    EXTRAS,
    RESULT_STRIDE,
    RESIDUAL_STRIDE,
    FIRST_ROWS,
    FIRST_SCALES,
    FIRST_OFFSETS,
    ALL_FEATURE_SCALES,
    BIAS_STEP,
    /** All bits if there is a residual. */
    RESIDUAL_MASK,
    RESIDUAL_STRIDE_OF_ROWS,
    PANEL_BYTES,
    /** Panels up to the end of the block of columns. */
    PANELS_OF_BLOCK,
    GIVEN,
    FINISH
  }

  /** Rows that are left to do. */
  static final Mem ROWS_LEFT = local(Local.ROWS_LEFT);

  /**
   * Which operands there are to finish rows with: the sum of {@link #GIVEN_EXTRAS}, {@link
   * #GIVEN_BIAS} and {@link #GIVEN_RESIDUAL}. Those in the place of absent ones may be added
   * nevertheless, and change nothing.
   */
  static final Mem FINISH = local(Local.FINISH);

  static final int GIVEN_EXTRAS = 1;
  static final int GIVEN_BIAS = 2;
  static final int GIVEN_RESIDUAL = 4;

  static final Mem PANEL_BYTES = local(Local.PANEL_BYTES);
  static final Mem EXTRAS = local(Local.EXTRAS);
  static final Mem RESULT_STRIDE = local(Local.RESULT_STRIDE);
  static final Mem RESIDUAL_STRIDE = local(Local.RESIDUAL_STRIDE);

  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TEMP_2 = Gpr.R10;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Int8Instructions instructions;
  private final Label ones = new Label();
  private final Label negativeZeros = new Label();
  private final Int8Tiles tiles;

  /** The function for panels of a shape and what multiplies them. */
  public Int8Code(X86Assembler asm, KernelShape shape, Int8Instructions instructions) {
    this.asm = asm;
    this.shape = shape;
    this.instructions = instructions;
    tiles =
        instructions == Int8Instructions.AMX
            ? new AmxCode(asm)
            : new DotCode(asm, shape, instructions);
  }

  /** The bytes by which tiles prefetch so that all of them together prefetch a panel. */
  public static long prefetchStep(KernelShape shape, int rows, int residualRows) {
    int tiles = Math.ceilDiv(rows, shape.rows()) + Math.ceilDiv(residualRows, shape.rows());
    return Math.ceilDiv(DotCode.PREFETCH_DEPTH * shape.panelFloats(), tiles);
  }

  private static Mem local(Local local) {
    return Frame.word(local);
  }

  /** Writes the function, and before it the code of tiles that it calls. */
  public void write() {
    var rows = new Label();
    tiles.write(rows);
    writeVector(ones, Float.floatToRawIntBits(1f));
    writeVector(negativeZeros, ProductFunctions.NEGATIVE_ZERO);
    asm.align(64);
    asm.function(PRODUCT);
    Frame.enter(asm, Local.values());
    prepare();
    tiles.begin();
    var none = new Label();
    Label panel = asm.label();
    tiles.beginPanel();
    asm.mov(TEMP, FINE);
    asm.test(TEMP, TEMP);
    asm.je(none);
    writeFine(rows);
    asm.bind(none);
    writeAll(rows);
    step();
    Macros.countDown(asm, PANELS, TEMP);
    asm.jne(panel);
    tiles.end();
    Frame.leave(asm);
  }

  private void writeVector(Label label, int bits) {
    asm.align(64);
    asm.bind(label);
    asm.data(bits, shape.panelFloats());
  }

  private void prepare() {
    asm.mov(local(Local.FIRST_ROWS), ROWS);
    asm.mov(local(Local.FIRST_SCALES), Int8Finish.SCALES);
    asm.mov(local(Local.FIRST_OFFSETS), Int8Finish.OFFSETS);
    asm.mov(local(Local.EXTRAS), Frame.register(PRODUCT, "extras"));
    asm.mov(local(Local.ALL_FEATURE_SCALES), Int8Finish.FEATURE_SCALES);
    asm.mov(TEMP, DEPTH);
    asm.shl(TEMP, Integer.numberOfTrailingZeros(shape.panelFloats()));
    asm.mov(PANEL_BYTES, TEMP);
    for (Local local :
        List.of(Local.GIVEN, Local.BIAS_STEP, Local.RESIDUAL_MASK, Local.RESIDUAL_STRIDE_OF_ROWS)) {
      set(local, 0);
    }
    set(Local.PANELS_OF_BLOCK, DEPTH_BLOCK / shape.panelFloats());
    takeOperand(FINE, GIVEN_EXTRAS, () -> {}, () -> {});
    takeOperand(
        ALL_BIAS,
        GIVEN_BIAS,
        () -> set(Local.BIAS_STEP, shape.panelBytes()),
        () -> replaceByNegativeZeros(ALL_BIAS));
    takeOperand(
        FIRST_RESIDUAL,
        GIVEN_RESIDUAL,
        () -> {
          move(STRIDE, local(Local.RESIDUAL_STRIDE_OF_ROWS));
          set(Local.RESIDUAL_MASK, -1);
        },
        () -> replaceByNegativeZeros(FIRST_RESIDUAL));
  }

  /** Notes that an operand is given and does one thing, or does another where it is null. */
  private void takeOperand(Mem operand, int bit, Runnable ifGiven, Runnable ifAbsent) {
    var absent = new Label();
    var done = new Label();
    asm.mov(TEMP, operand);
    asm.test(TEMP, TEMP);
    asm.je(absent);
    asm.mov(TEMP, bit);
    asm.add(TEMP, local(Local.GIVEN));
    asm.mov(local(Local.GIVEN), TEMP);
    ifGiven.run();
    asm.jmp(done);
    asm.bind(absent);
    ifAbsent.run();
    asm.bind(done);
  }

  /** Replaces an operand by −0, which changes nothing; it stays there, since its steps are 0. */
  private void replaceByNegativeZeros(Mem operand) {
    asm.lea(TEMP, Mem.at(negativeZeros));
    asm.mov(operand, TEMP);
  }

  /**
   * Multiplies the second rows, which lie behind all others, as do their scales and offsets of
   * zero.
   */
  private void writeFine(Label rows) {
    asm.mov(TEMP, COUNT);
    asm.mov(ROWS, TEMP);
    asm.shl(ROWS, Integer.numberOfTrailingZeros(instructions.rowBytes()));
    asm.add(ROWS, local(Local.FIRST_ROWS));
    asm.mov(Int8Finish.SCALES, local(Local.FIRST_SCALES));
    asm.lea(Int8Finish.SCALES, Mem.at(Int8Finish.SCALES, TEMP, Float.BYTES, 0));
    asm.mov(Int8Finish.OFFSETS, local(Local.FIRST_OFFSETS));
    asm.lea(Int8Finish.OFFSETS, Mem.at(Int8Finish.OFFSETS, TEMP, Long.BYTES, 0));
    asm.lea(Int8Finish.FEATURE_SCALES, Mem.at(ones));
    asm.mov(Int8Finish.SHIFTS, ALL_SHIFTS);
    asm.lea(Int8Finish.BIAS, Mem.at(negativeZeros));
    asm.lea(Int8Finish.RESIDUAL, Mem.at(negativeZeros));
    asm.mov(Int8Finish.RESULT, local(Local.EXTRAS));
    asm.add(Int8Finish.RESULT, shape.panelBytes());
    set(Local.RESULT_STRIDE, shape.panelBytes());
    set(Local.RESIDUAL_STRIDE, 0);
    set(Local.FINISH, 0);
    move(FINE, ROWS_LEFT);
    call(rows);
  }

  private void writeAll(Label rows) {
    asm.mov(ROWS, local(Local.FIRST_ROWS));
    asm.mov(Int8Finish.SCALES, local(Local.FIRST_SCALES));
    asm.mov(Int8Finish.OFFSETS, local(Local.FIRST_OFFSETS));
    asm.mov(Int8Finish.FEATURE_SCALES, local(Local.ALL_FEATURE_SCALES));
    asm.mov(Int8Finish.SHIFTS, ALL_SHIFTS);
    asm.mov(Int8Finish.BIAS, ALL_BIAS);
    asm.mov(Int8Finish.RESULT, FIRST_RESULT);
    asm.mov(Int8Finish.RESIDUAL, FIRST_RESIDUAL);
    move(STRIDE, RESULT_STRIDE);
    move(local(Local.RESIDUAL_STRIDE_OF_ROWS), RESIDUAL_STRIDE);
    move(local(Local.GIVEN), FINISH);
    move(COUNT, ROWS_LEFT);
    call(rows);
  }

  private void call(Label rows) {
    asm.lea(TEMP, Mem.at(rows));
    asm.call(TEMP);
  }

  /** Moves on to the next panel. */
  private void step() {
    asm.add(PANEL, PANEL_BYTES);
    asm.mov(TEMP_2, shape.panelBytes());
    advance(local(Local.ALL_FEATURE_SCALES));
    advance(ALL_SHIFTS);
    asm.mov(TEMP_2, local(Local.BIAS_STEP));
    advance(ALL_BIAS);
    var sameBlock = new Label();
    asm.mov(TEMP_2, STEP);
    Macros.countDown(asm, local(Local.PANELS_OF_BLOCK), TEMP);
    asm.jne(sameBlock);
    set(Local.PANELS_OF_BLOCK, DEPTH_BLOCK / shape.panelFloats());
    asm.mov(TEMP_2, BLOCK_STEP);
    asm.bind(sameBlock);
    advance(FIRST_RESULT);
    asm.and(TEMP_2, local(Local.RESIDUAL_MASK));
    advance(FIRST_RESIDUAL);
  }

  /** Moves a pointer on by the bytes in {@link #TEMP_2}. */
  private void advance(Mem pointer) {
    asm.mov(TEMP, pointer);
    asm.add(TEMP, TEMP_2);
    asm.mov(pointer, TEMP);
  }

  private void move(Mem from, Mem to) {
    Macros.copy(asm, from, to, TEMP);
  }

  private void set(Local local, int value) {
    asm.mov(TEMP, value);
    asm.mov(local(local), TEMP);
  }
}
