package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.ProductFunctions;

/** Generates the function of products of 8-bit integers. */
public final class Int8Code {
  /**
   * Multiplies rows with panels. Numbers are passed as {@code long}, distances in bytes.
   *
   * <p>Rows are those that {@link QuantizeCode} makes, {@code count} of them and {@code fine}
   * second rows behind them; the depth is a multiple of a block. Panel after panel, products of
   * second rows go to {@code extras}, a panel's columns for each, behind one row of zeros; then
   * those of rows go through {@link Int8Finish} to the result. From a panel's columns of the result
   * to the next one's it is {@code step} and {@code otherStep} in turn. The residual lies as the
   * result does; residual and bias may be null. {@code sums} is memory that AMX needs.
   */
  public static final Signature PRODUCT =
      Signature.of(
          """
          void productOfInt8(address rows, address panels, address scales, address offsets,
              address extras, address featureScales, address shifts, address bias,
              address residual, address result, address sums, long count, long fine,
              long panelCount, long depth, long blockStride, long resultStride, long step,
              long otherStep)\
          """);

  /** Rows of the tile; moves on. */
  static final Gpr ROWS = Frame.register(PRODUCT, "rows");

  /** The panel; kept. */
  static final Gpr PANEL = Frame.register(PRODUCT, "panels");

  /** Distance from weights to those that are prefetched; 0 when that is done. */
  static final Gpr PREFETCH = Gpr.R8;

  static final Mem SUMS = Frame.stack(PRODUCT, "sums");
  static final Mem DEPTH = Frame.stack(PRODUCT, "depth");
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
  private static final Mem OTHER_STEP = Frame.stack(PRODUCT, "otherStep");

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
    GIVEN_RESIDUAL_STRIDE,
    PANEL_BYTES,
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

  static final Mem EXTRAS = local(Local.EXTRAS);
  static final Mem RESULT_STRIDE = local(Local.RESULT_STRIDE);
  static final Mem RESIDUAL_STRIDE = local(Local.RESIDUAL_STRIDE);

  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr TEMP_2 = Gpr.R10;

  private static final int PANEL_COLUMNS = Int8Finish.VECTORS * Width.ZMM.floats();
  private static final int RESULT_BYTES = PANEL_COLUMNS * Float.BYTES;

  private final X86Assembler asm;
  private final Label ones = new Label();
  private final Label negativeZeros = new Label();
  private final Int8Tiles tiles;

  Int8Code(X86Assembler asm, Int8Tiles tiles) {
    this.asm = asm;
    this.tiles = tiles;
  }

  private static Mem local(Local local) {
    return Frame.word(local);
  }

  /** Writes the function, and before it the code of tiles that it calls. */
  void write() {
    var rows = new Label();
    tiles.write(rows);
    writeVector(ones, Float.floatToRawIntBits(1f));
    writeVector(negativeZeros, ProductFunctions.NEGATIVE_ZERO);
    asm.align(64);
    asm.function(PRODUCT);
    Frame.enter(asm, Local.values());
    prepare();
    tiles.begin();
    var panel = new Label();
    var none = new Label();
    asm.bind(panel);
    copy(Local.PANEL_BYTES, PREFETCH);
    asm.mov(TEMP, FINE);
    asm.test(TEMP, TEMP);
    asm.je(none);
    writeFine(rows);
    asm.bind(none);
    writeAll(rows);
    step();
    asm.mov(TEMP, PANELS);
    asm.dec(TEMP);
    asm.mov(PANELS, TEMP);
    asm.jne(panel);
    tiles.end();
    Frame.leave(asm);
  }

  private void writeVector(Label label, int bits) {
    asm.align(64);
    asm.bind(label);
    asm.data(bits, PANEL_COLUMNS);
  }

  private void prepare() {
    save(Local.FIRST_ROWS, ROWS);
    save(Local.FIRST_SCALES, Int8Finish.SCALES);
    save(Local.FIRST_OFFSETS, Int8Finish.OFFSETS);
    save(Local.EXTRAS, Frame.register(PRODUCT, "extras"));
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
    replaceAbsent(ALL_BIAS);
  }

  private void ifGiven(Mem operand, int bit, Runnable code) {
    var none = new Label();
    asm.mov(TEMP, operand);
    asm.test(TEMP, TEMP);
    asm.je(none);
    asm.mov(TEMP, bit);
    asm.add(TEMP, local(Local.GIVEN));
    save(Local.GIVEN, TEMP);
    code.run();
    asm.bind(none);
  }

  private void replaceAbsent(Mem operand) {
    var given = new Label();
    asm.mov(TEMP, operand);
    asm.test(TEMP, TEMP);
    asm.jne(given);
    asm.lea(TEMP, Mem.at(negativeZeros));
    asm.mov(operand, TEMP);
    asm.bind(given);
  }

  /**
   * Multiplies the second rows, which lie behind all others, as do their scales and offsets of
   * zero.
   */
  private void writeFine(Label rows) {
    asm.mov(TEMP, COUNT);
    asm.mov(ROWS, TEMP);
    asm.shl(ROWS, Integer.numberOfTrailingZeros(QuantizeCode.ROW_BYTES));
    asm.add(ROWS, local(Local.FIRST_ROWS));
    copy(Local.FIRST_SCALES, Int8Finish.SCALES);
    asm.lea(Int8Finish.SCALES, Mem.at(Int8Finish.SCALES, TEMP, Float.BYTES, 0));
    copy(Local.FIRST_OFFSETS, Int8Finish.OFFSETS);
    asm.lea(Int8Finish.OFFSETS, Mem.at(Int8Finish.OFFSETS, TEMP, Long.BYTES, 0));
    asm.lea(Int8Finish.FEATURE_SCALES, Mem.at(ones));
    asm.mov(Int8Finish.SHIFTS, ALL_SHIFTS);
    asm.lea(Int8Finish.BIAS, Mem.at(negativeZeros));
    asm.lea(Int8Finish.RESIDUAL, Mem.at(negativeZeros));
    copy(Local.EXTRAS, Int8Finish.RESULT);
    asm.add(Int8Finish.RESULT, RESULT_BYTES);
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
    asm.jne(given);
    asm.lea(Int8Finish.RESIDUAL, Mem.at(negativeZeros));
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

  /** Moves on to the next panel. */
  private void step() {
    asm.add(PANEL, local(Local.PANEL_BYTES));
    move(local(Local.ALL_FEATURE_SCALES), RESULT_BYTES);
    move(ALL_SHIFTS, RESULT_BYTES);
    asm.mov(TEMP, ALL_BIAS);
    asm.add(TEMP, local(Local.BIAS_STEP));
    asm.mov(ALL_BIAS, TEMP);
    asm.mov(TEMP_2, STEP);
    asm.mov(TEMP, FIRST_RESULT);
    asm.add(TEMP, TEMP_2);
    asm.mov(FIRST_RESULT, TEMP);
    var none = new Label();
    asm.mov(TEMP, FIRST_RESIDUAL);
    asm.test(TEMP, TEMP);
    asm.je(none);
    asm.add(TEMP, TEMP_2);
    asm.mov(FIRST_RESIDUAL, TEMP);
    asm.bind(none);
    asm.mov(TEMP, OTHER_STEP);
    asm.mov(STEP, TEMP);
    asm.mov(OTHER_STEP, TEMP_2);
  }

  private void move(Mem pointer, int bytes) {
    asm.mov(TEMP, pointer);
    asm.add(TEMP, bytes);
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
