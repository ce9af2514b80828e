package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Width;

/**
 * The functions of products of integers. All numbers are passed as {@code long}, distances in
 * bytes.
 *
 * <pre>{@code
 * void product(rows, panels, scales, offsets, extras, featureScales,
 *              shifts, bias, residual, result, sums, count, fine, panelCount, depth,
 *              blockStride, resultStride, step, otherStep)
 * }</pre>
 *
 * Rows are what {@link QuantizeCode} makes, {@code count} of them and {@code fine} second rows
 * behind them; the depth is a multiple of a block. Panel after panel, products of second rows go to
 * {@code extras}, a panel's columns for each, behind one row of zeros; then those of rows go
 * through {@link Int8Finish} to the result. From a panel's columns of the result to the next one's
 * it is {@code step} and {@code otherStep} in turn. The residual lies as the result does; residual
 * and bias may be null. {@code sums} is memory that AMX needs.
 */
public final class Int8Code {
  /** Rows of the tile; moves on. */
  static final Gpr ROWS = Gpr.RDI;

  /** Kept. */
  static final Gpr PANEL = Gpr.RSI;

  /** Distance of what to prefetch; 0 when it has been. */
  static final Gpr PREFETCH = Gpr.R8;

  static final Mem SUMS = Frame.argument(4);
  static final Mem DEPTH = Frame.argument(8);
  static final Mem BLOCK_STRIDE = Frame.argument(9);

  private static final Mem ALL_SHIFTS = Frame.argument(0);
  private static final Mem ALL_BIAS = Frame.argument(1);
  private static final Mem FIRST_RESIDUAL = Frame.argument(2);
  private static final Mem FIRST_RESULT = Frame.argument(3);
  private static final Mem COUNT = Frame.argument(5);
  private static final Mem FINE = Frame.argument(6);
  private static final Mem PANELS = Frame.argument(7);
  private static final Mem STRIDE = Frame.argument(10);
  private static final Mem STEP = Frame.argument(11);
  private static final Mem OTHER_STEP = Frame.argument(12);

  /** What is kept in the frame, in words. */
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
    GIVEN_RESIDUAL_STRIDE,
    PANEL_BYTES,
    GIVEN,
    FINISH
  }

  /** Rows that are left to do. */
  static final Mem ROWS_LEFT = local(Local.ROWS_LEFT);

  /**
   * What is given to finish rows: the sum of {@link #GIVEN_EXTRAS}, {@link #GIVEN_BIAS} and {@link
   * #GIVEN_RESIDUAL}. What is not may be added nevertheless, and changes nothing then.
   */
  static final Mem FINISH = local(Local.FINISH);

  static final int GIVEN_EXTRAS = 1;
  static final int GIVEN_BIAS = 2;
  static final int GIVEN_RESIDUAL = 4;

  static final Mem EXTRAS = local(Local.EXTRAS);
  static final Mem RESULT_STRIDE = local(Local.RESULT_STRIDE);
  static final Mem RESIDUAL_STRIDE = local(Local.RESIDUAL_STRIDE);

  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TEMP_2 = Gpr.R10;

  private static final int PANEL_COLUMNS = Int8Finish.VECTORS * Width.ZMM.floats();
  private static final int RESULT_BYTES = PANEL_COLUMNS * Float.BYTES;

  private final Assembler asm;
  private final Label ones = new Label();
  private final Label nothing = new Label();

  Int8Code(Assembler asm) {
    this.asm = asm;
  }

  private static Mem local(Local local) {
    return Frame.word(local);
  }

  /**
   * Writes a function.
   *
   * @param entry where it begins
   * @param before what is done once
   * @param rows the code that multiplies {@link #ROWS_LEFT} rows with a panel; calls nothing
   * @param after what is done in the end
   */
  void write(Label entry, Runnable before, Label rows, Runnable after) {
    writeVector(ones, Float.floatToRawIntBits(1f));
    writeVector(nothing, Float.floatToRawIntBits(-0f));
    asm.align(64);
    asm.bind(entry);
    Frame.enter(asm, Local.values().length * Long.BYTES);
    prepare();
    before.run();
    var panel = new Label();
    var none = new Label();
    asm.bind(panel);
    copy(Local.PANEL_BYTES, PREFETCH);
    asm.mov(TEMP, FINE);
    asm.test(TEMP, TEMP);
    asm.jump(Condition.EQUAL, none);
    writeFine(rows);
    asm.bind(none);
    writeAll(rows);
    step();
    asm.mov(TEMP, PANELS);
    asm.dec(TEMP);
    asm.mov(PANELS, TEMP);
    asm.jump(Condition.NOT_EQUAL, panel);
    after.run();
    Frame.leave(asm);
  }

  private void writeVector(Label label, int bits) {
    asm.align(64);
    asm.bind(label);
    for (int i = 0; i < PANEL_COLUMNS; i++) {
      asm.data(bits);
    }
  }

  private void prepare() {
    save(Local.FIRST_ROWS, ROWS);
    save(Local.FIRST_SCALES, Int8Finish.SCALES);
    save(Local.FIRST_OFFSETS, Int8Finish.OFFSETS);
    save(Local.EXTRAS, Gpr.R8);
    save(Local.ALL_FEATURE_SCALES, Int8Finish.FEATURE_SCALES);
    asm.mov(TEMP, DEPTH);
    asm.shl(TEMP, Integer.numberOfTrailingZeros(PANEL_COLUMNS));
    save(Local.PANEL_BYTES, TEMP);
    set(Local.GIVEN, 0);
    set(Local.BIAS_STEP, 0);
    set(Local.GIVEN_RESIDUAL_STRIDE, 0);
    ifGiven(FINE, GIVEN_EXTRAS, () -> {});
    ifGiven(ALL_BIAS, GIVEN_BIAS, () -> set(Local.BIAS_STEP, RESULT_BYTES));
    ifGiven(
        FIRST_RESIDUAL,
        GIVEN_RESIDUAL,
        () -> {
          asm.mov(TEMP, STRIDE);
          save(Local.GIVEN_RESIDUAL_STRIDE, TEMP);
        });
    orNothing(ALL_BIAS);
  }

  private void ifGiven(Mem operand, int bit, Runnable code) {
    var none = new Label();
    asm.mov(TEMP, operand);
    asm.test(TEMP, TEMP);
    asm.jump(Condition.EQUAL, none);
    asm.mov(TEMP, bit);
    asm.arithmetic(Arithmetic.ADD, TEMP, local(Local.GIVEN));
    save(Local.GIVEN, TEMP);
    code.run();
    asm.bind(none);
  }

  private void orNothing(Mem operand) {
    var given = new Label();
    asm.mov(TEMP, operand);
    asm.test(TEMP, TEMP);
    asm.jump(Condition.NOT_EQUAL, given);
    asm.lea(TEMP, Mem.at(nothing));
    asm.mov(operand, TEMP);
    asm.bind(given);
  }

  /** Second rows lie behind all others, as do their scales, and offsets of zero. */
  private void writeFine(Label rows) {
    asm.mov(TEMP, COUNT);
    asm.mov(ROWS, TEMP);
    asm.shl(ROWS, Integer.numberOfTrailingZeros(QuantizeCode.ROW_BYTES));
    asm.arithmetic(Arithmetic.ADD, ROWS, local(Local.FIRST_ROWS));
    copy(Local.FIRST_SCALES, Int8Finish.SCALES);
    asm.lea(Int8Finish.SCALES, Mem.at(Int8Finish.SCALES, TEMP, Float.BYTES, 0));
    copy(Local.FIRST_OFFSETS, Int8Finish.OFFSETS);
    asm.lea(Int8Finish.OFFSETS, Mem.at(Int8Finish.OFFSETS, TEMP, Long.BYTES, 0));
    asm.lea(Int8Finish.FEATURE_SCALES, Mem.at(ones));
    asm.mov(Int8Finish.SHIFTS, ALL_SHIFTS);
    asm.lea(Int8Finish.BIAS, Mem.at(nothing));
    asm.lea(Int8Finish.RESIDUAL, Mem.at(nothing));
    copy(Local.EXTRAS, Int8Finish.RESULT);
    asm.arithmetic(Arithmetic.ADD, Int8Finish.RESULT, RESULT_BYTES);
    set(Local.RESULT_STRIDE, RESULT_BYTES);
    set(Local.RESIDUAL_STRIDE, 0);
    set(Local.FINISH, 0);
    asm.mov(TEMP, FINE);
    save(Local.ROWS_LEFT, TEMP);
    call(rows);
  }

  private void writeAll(Label rows) {
    copy(Local.FIRST_ROWS, ROWS);
    copy(Local.FIRST_SCALES, Int8Finish.SCALES);
    copy(Local.FIRST_OFFSETS, Int8Finish.OFFSETS);
    copy(Local.ALL_FEATURE_SCALES, Int8Finish.FEATURE_SCALES);
    asm.mov(Int8Finish.SHIFTS, ALL_SHIFTS);
    asm.mov(Int8Finish.BIAS, ALL_BIAS);
    asm.mov(Int8Finish.RESULT, FIRST_RESULT);
    asm.mov(Int8Finish.RESIDUAL, FIRST_RESIDUAL);
    var given = new Label();
    asm.test(Int8Finish.RESIDUAL, Int8Finish.RESIDUAL);
    asm.jump(Condition.NOT_EQUAL, given);
    asm.lea(Int8Finish.RESIDUAL, Mem.at(nothing));
    asm.bind(given);
    asm.mov(TEMP, STRIDE);
    save(Local.RESULT_STRIDE, TEMP);
    copy(Local.GIVEN_RESIDUAL_STRIDE, TEMP);
    save(Local.RESIDUAL_STRIDE, TEMP);
    copy(Local.GIVEN, TEMP);
    save(Local.FINISH, TEMP);
    asm.mov(TEMP, COUNT);
    save(Local.ROWS_LEFT, TEMP);
    call(rows);
  }

  private void call(Label rows) {
    asm.lea(TEMP, Mem.at(rows));
    asm.call(TEMP);
  }

  /** On to the next panel. */
  private void step() {
    asm.arithmetic(Arithmetic.ADD, PANEL, local(Local.PANEL_BYTES));
    move(local(Local.ALL_FEATURE_SCALES), RESULT_BYTES);
    move(ALL_SHIFTS, RESULT_BYTES);
    asm.mov(TEMP, ALL_BIAS);
    asm.arithmetic(Arithmetic.ADD, TEMP, local(Local.BIAS_STEP));
    asm.mov(ALL_BIAS, TEMP);
    asm.mov(TEMP_2, STEP);
    asm.mov(TEMP, FIRST_RESULT);
    asm.arithmetic(Arithmetic.ADD, TEMP, TEMP_2);
    asm.mov(FIRST_RESULT, TEMP);
    var none = new Label();
    asm.mov(TEMP, FIRST_RESIDUAL);
    asm.test(TEMP, TEMP);
    asm.jump(Condition.EQUAL, none);
    asm.arithmetic(Arithmetic.ADD, TEMP, TEMP_2);
    asm.mov(FIRST_RESIDUAL, TEMP);
    asm.bind(none);
    asm.mov(TEMP, OTHER_STEP);
    asm.mov(STEP, TEMP);
    asm.mov(OTHER_STEP, TEMP_2);
  }

  private void move(Mem pointer, int bytes) {
    asm.mov(TEMP, pointer);
    asm.arithmetic(Arithmetic.ADD, TEMP, bytes);
    asm.mov(pointer, TEMP);
  }

  private void save(Local local, Gpr value) {
    asm.mov(local(local), value);
  }

  private void copy(Local local, Gpr target) {
    asm.mov(target, local(local));
  }

  private void set(Local local, int value) {
    asm.mov(TEMP, value);
    asm.mov(local(local), TEMP);
  }
}
