package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Quantization;

/**
 * Generates the functions that weights go through as a model is loaded. A fresh JVM would do in its
 * interpreter, and then in code that is hardly optimised, most of what a load has to do.
 */
public final class PackCode {
  /**
   * Puts the rows of a panel side by side: element c of row r becomes element {@code c · panel
   * width + r}. There are as many rows as a panel has, of {@code columns} elements of four bytes, a
   * multiple of {@link #COLUMNS}.
   */
  public static final Signature TURN =
      Signature.of("void turn(address rows, address panel, long columns)");

  /**
   * Makes a panel of {@link Int8Panels} of {@code height} rows of floats, each multiplied with its
   * row factor and each of its columns with that of the column, in this order. Also writes the
   * scale and the shift of each row. The depth is a multiple of {@code DEPTH_BLOCK}; rows are
   * overwritten, and behind them there is memory for as many as a panel has, which are left out.
   */
  public static final Signature INTEGERS =
      Signature.of(
          """
          void integers(address rows, address panel, address rowFactors, address columnFactors,
              address scales, address shifts, long height, long depth)\
          """);

  /**
   * Rounds floats to bfloat16: to nearest, ties to even, NaN to the one of Java. Their number is a
   * multiple of {@code DEPTH_BLOCK}.
   */
  public static final Signature NARROW =
      Signature.of("void narrow(address floats, address target, long count)");

  /**
   * Computes the sum of the squares of each row in float64, in ascending order of its columns. The
   * number of rows is a multiple of {@link #SQUARE}, that of columns one of {@code DEPTH_BLOCK}.
   */
  public static final Signature ROW_SQUARES =
      Signature.of("void rowSquares(address rows, address sums, long height, long depth)");

  /**
   * Adds to each number of {@code squares}, all float64, the squares of a column times the scale of
   * their row, one row after the other. The number of columns is a multiple of {@code DEPTH_BLOCK}.
   */
  public static final Signature COLUMN_SQUARES =
      Signature.of(
          """
          void columnSquares(address rows, address scales, address squares, long height,
              long depth)\
          """);

  /** Columns that are turned at a time: a line of the cache of each row. */
  public static final int COLUMNS = 16;

  /** Rows and columns that are turned in registers. */
  public static final int SQUARE = 4;

  private static final int SMALLEST = Float.floatToRawIntBits(Quantization.SMALLEST);
  private static final int LARGEST = Float.floatToRawIntBits(Float.MAX_VALUE);
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final int NAN = Float.floatToRawIntBits(Float.NaN);

  private static final int LINE = COLUMNS * Float.BYTES;
  private static final int BLOCK_BYTES = DEPTH_BLOCK * Float.BYTES;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Width width;
  private final ScaleCode scales;
  private final Label byteOrder = new Label();
  private final Label shortOrder = new Label();

  public PackCode(X86Assembler asm, KernelShape shape) {
    this.asm = asm;
    this.shape = shape;
    width = shape.width();
    scales = new ScaleCode(asm, width, Integers.TEMP);
  }

  public void write() {
    asm.align(64);
    asm.bind(byteOrder);
    scales.writeOrder(Byte.BYTES);
    asm.align(64);
    asm.bind(shortOrder);
    scales.writeOrder(Short.BYTES);
    writeTurn();
    new Integers().write();
    writeNarrow();
    writeRowSquares();
    writeColumnSquares();
  }

  private void writeTurn() {
    asm.align(64);
    asm.function(TURN);
    Frame.enter(asm, 0);
    asm.mov(Gpr.R8, Frame.register(TURN, "columns"));
    turn(Frame.register(TURN, "rows"), Frame.register(TURN, "panel"), Gpr.R8);
    Frame.leave(asm);
  }

  /** Turns the rows of a panel; overwrites the operands, and RAX, RBX, R10 to R13. */
  private void turn(Gpr rows, Gpr panel, Gpr columns) {
    Gpr stride = Gpr.R11;
    Gpr threeStrides = Gpr.R12;
    Gpr from = Gpr.RAX;
    Gpr to = Gpr.R10;
    Gpr left = Gpr.R13;
    int rowBytes = shape.panelBytes();
    asm.mov(stride, columns);
    asm.shl(stride, 2);
    asm.lea(threeStrides, Mem.at(stride, stride, 2, 0));
    Label line = asm.label();
    asm.mov(from, rows);
    asm.mov(to, panel);
    asm.mov(left, shape.panelFloats() / SQUARE);
    Label square = asm.label();
    for (int column = 0; column < COLUMNS; column += SQUARE) {
      loadSquare(from, stride, threeStrides, column);
      for (int i = 0; i < SQUARE; i++) {
        asm.vmovups(Mem.at(to, (column + i) * rowBytes), xmm(i));
      }
    }
    asm.lea(from, Mem.at(from, stride, SQUARE, 0));
    asm.add(to, SQUARE * Float.BYTES);
    asm.dec(left);
    asm.jne(square);
    asm.add(rows, LINE);
    asm.add(panel, COLUMNS * rowBytes);
    asm.sub(columns, COLUMNS);
    asm.jne(line);
  }

  /** Loads columns of four rows into the first four registers. */
  private void loadSquare(Gpr from, Gpr stride, Gpr threeStrides, int column) {
    int at = column * Float.BYTES;
    asm.vmovups(xmm(0), Mem.at(from, at));
    asm.vmovups(xmm(1), Mem.at(from, stride, 1, at));
    asm.vmovups(xmm(2), Mem.at(from, stride, 2, at));
    asm.vmovups(xmm(3), Mem.at(from, threeStrides, 1, at));
    Macros.transpose(asm);
  }

  private static Vec xmm(int number) {
    return Width.XMM.register(number);
  }

  /** The function {@link #INTEGERS}. */
  private final class Integers {
    private static final Gpr ROW = Frame.register(INTEGERS, "rows");
    private static final Gpr PANEL = Frame.register(INTEGERS, "panel");
    private static final Gpr ROW_FACTORS = Frame.register(INTEGERS, "rowFactors");
    private static final Gpr COLUMN_FACTORS = Frame.register(INTEGERS, "columnFactors");
    private static final Gpr SCALES = Frame.register(INTEGERS, "scales");
    private static final Gpr SHIFTS = Frame.register(INTEGERS, "shifts");
    private static final Mem HEIGHT = Frame.stack(INTEGERS, "height");
    private static final Mem DEPTH = Frame.stack(INTEGERS, "depth");

    private static final Gpr FROM = Gpr.RAX;
    private static final Gpr TEMP = Gpr.RBX;

    /** Integers of a row take the place of rows before, from whose floats they no longer differ. */
    private static final Gpr BYTES = Gpr.R10;

    private static final Gpr LEFT = Gpr.R11;
    private static final Gpr COLUMN = Gpr.R12;

    /** Vectors of floats whose integers fill a vector. */
    private static final int PACKED = Float.BYTES;

    /** Words of the frame. */
    private enum Word {
      FIRST_ROW,
      ROWS_LEFT
    }

    private final Vec sum = width.register(4);
    private final Vec otherSum = width.register(5);
    private final Vec product = width.register(6);
    private final Vec inverse = width.register(7);
    private final Vec rowFactor = width.register(8);
    private final Vec ones = width.register(9);
    private final Vec places = width.register(10);
    private final Vec absolute = width.register(11);

    void write() {
      asm.align(64);
      asm.function(INTEGERS);
      Frame.enter(asm, Word.values());
      asm.mov(Frame.word(Word.FIRST_ROW), ROW);
      Macros.copy(asm, HEIGHT, Frame.word(Word.ROWS_LEFT), TEMP);
      asm.mov(BYTES, ROW);
      asm.vmovups(places, Mem.at(byteOrder));
      asm.vmovups(absolute, asm.constantBits(Integer.MAX_VALUE));
      asm.vmovups(ones, asm.constantBits(0x0001_0001));
      Label row = asm.label();
      writeRow();
      asm.mov(TEMP, DEPTH);
      asm.lea(ROW, Mem.at(ROW, TEMP, Float.BYTES, 0));
      asm.add(ROW_FACTORS, Float.BYTES);
      asm.add(SCALES, Float.BYTES);
      asm.add(SHIFTS, Integer.BYTES);
      Macros.countDown(asm, Frame.word(Word.ROWS_LEFT), TEMP);
      asm.jne(row);
      var whole = new Label();
      asm.mov(LEFT, shape.panelFloats());
      asm.sub(LEFT, HEIGHT);
      asm.je(whole);
      asm.mov(TEMP, DEPTH);
      asm.imul(LEFT, TEMP);
      writeZeros();
      asm.bind(whole);
      asm.mov(ROW, Frame.word(Word.FIRST_ROW));
      asm.mov(COLUMN_FACTORS, DEPTH);
      asm.shr(COLUMN_FACTORS, 2);
      turn(ROW, PANEL, COLUMN_FACTORS);
      Frame.leave(asm);
    }

    private void writeRow() {
      writeLargest();
      scales.writeScale(inverse, SCALES, FROM);
      var zeros = new Label();
      var done = new Label();
      asm.cmp(TEMP, SMALLEST);
      asm.jl(zeros);
      asm.cmp(TEMP, LARGEST);
      asm.jg(zeros);
      writeRound();
      asm.jmp(done);
      asm.bind(zeros);
      asm.mov(LEFT, DEPTH);
      writeZeros();
      asm.mov(TEMP, 0);
      asm.bind(done);
      // Minus 128 times the sum.
      asm.mov(FROM, 0);
      asm.sub(FROM, TEMP);
      asm.shl(FROM, Integer.numberOfTrailingZeros(Int8Panels.SHIFT));
      asm.mov(Mem.at(SHIFTS, 0), FROM.dword());
    }

    /** Multiplies the row in its place, and finds the largest absolute value. */
    private void writeLargest() {
      Macros.clear(asm, sum);
      Macros.clear(asm, otherSum);
      asm.vbroadcastss(rowFactor, Mem.at(ROW_FACTORS, 0));
      asm.mov(FROM, ROW);
      asm.mov(COLUMN, COLUMN_FACTORS);
      asm.mov(LEFT, DEPTH);
      Label block = asm.label();
      for (int i = 0; i < scales.blockVectors(); i++) {
        Vec x = width.register(i % PACKED);
        Vec largest = i % 2 == 0 ? sum : otherSum;
        asm.vmulps(x, rowFactor, vector(FROM, i));
        asm.vmulps(x, x, vector(COLUMN, i));
        asm.vmovups(vector(FROM, i), x);
        asm.vandps(x, x, absolute);
        asm.vpmaxsd(largest, largest, x);
      }
      asm.add(FROM, BLOCK_BYTES);
      asm.add(COLUMN, BLOCK_BYTES);
      asm.sub(LEFT, DEPTH_BLOCK);
      asm.jne(block);
      scales.reduce(sum, otherSum, asm::vpmaxsd);
    }

    /** Makes integers of the row, one behind the other; their sum goes to {@link #TEMP}. */
    private void writeRound() {
      Macros.clear(asm, sum);
      Macros.clear(asm, otherSum);
      asm.mov(FROM, ROW);
      asm.mov(LEFT, DEPTH);
      Label block = asm.label();
      for (int first = 0; first < scales.blockVectors(); first += PACKED) {
        for (int i = 0; i < PACKED; i++) {
          Vec x = width.register(i);
          asm.vmulps(x, inverse, vector(FROM, first + i));
          asm.vcvtps2dq(x, x);
        }
        for (int i = 0; i < PACKED; i += 2) {
          Vec pair = width.register(i);
          Vec total = i == 0 ? sum : otherSum;
          asm.vpackssdw(pair, pair, width.register(i + 1));
          asm.vpmaddwd(product, pair, ones);
          asm.vpaddd(total, total, product);
        }
        Vec all = width.register(0);
        asm.vpacksswb(all, all, width.register(2));
        asm.vpermd(all, places, all);
        asm.vmovups(vector(BYTES, first / PACKED), all);
      }
      asm.add(FROM, BLOCK_BYTES);
      asm.add(BYTES, DEPTH_BLOCK);
      asm.sub(LEFT, DEPTH_BLOCK);
      asm.jne(block);
      scales.reduce(sum, otherSum, asm::vpaddd);
    }

    /** Writes zeros, so many bytes as {@link #LEFT} says: some blocks. */
    private void writeZeros() {
      Macros.clear(asm, sum);
      Label block = asm.label();
      for (int i = 0; i < DEPTH_BLOCK / width.bytes(); i++) {
        asm.vmovups(vector(BYTES, i), sum);
      }
      asm.add(BYTES, DEPTH_BLOCK);
      asm.sub(LEFT, DEPTH_BLOCK);
      asm.jne(block);
    }
  }

  private Mem vector(Gpr base, int number) {
    return Mem.at(base, number * width.bytes());
  }

  private void writeNarrow() {
    Gpr from = Frame.register(NARROW, "floats");
    Gpr to = Frame.register(NARROW, "target");
    Gpr left = Frame.register(NARROW, "count");
    Vec places = width.register(10);
    asm.align(64);
    asm.function(NARROW);
    asm.vmovups(places, Mem.at(shortOrder));
    Label block = asm.label();
    for (int first = 0; first < scales.blockVectors(); first += 2) {
      for (int i = 0; i < 2; i++) {
        narrow(vector(from, first + i), width.register(i));
      }
      Vec both = width.register(0);
      asm.vpackssdw(both, both, width.register(1));
      asm.vpermd(both, places, both);
      asm.vmovups(vector(to, first / 2), both);
    }
    asm.add(from, BLOCK_BYTES);
    asm.add(to, DEPTH_BLOCK * Short.BYTES);
    asm.sub(left, DEPTH_BLOCK);
    asm.jne(block);
    asm.vzeroupper();
    asm.ret();
  }

  /** Rounds a vector; each result fills its lane. */
  private void narrow(Mem floats, Vec result) {
    Vec bits = width.register(2);
    Vec nan = width.register(3);
    asm.vmovups(bits, floats);
    // All bits where the bits without the sign are above those of infinity, else none.
    asm.vandps(nan, bits, asm.constantBits(Integer.MAX_VALUE));
    asm.vpmaxsd(nan, nan, asm.constantBits(INFINITY));
    asm.vpaddd(nan, nan, asm.constantBits(Integer.MAX_VALUE - INFINITY));
    asm.vpsrad(nan, nan, Integer.SIZE - 1);
    asm.vpsrad(result, bits, Short.SIZE);
    asm.vandps(result, result, asm.constantBits(1));
    asm.vpaddd(result, result, bits);
    asm.vpaddd(result, result, asm.constantBits(Short.MAX_VALUE));
    asm.vpsrad(result, result, Short.SIZE);
    asm.vorps(result, result, nan);
    asm.vandps(nan, nan, asm.constantBits(~(NAN >> Short.SIZE)));
    asm.vxorps(result, result, nan);
  }

  private void writeRowSquares() {
    Gpr rows = Frame.register(ROW_SQUARES, "rows");
    Gpr sums = Frame.register(ROW_SQUARES, "sums");
    Gpr height = Frame.register(ROW_SQUARES, "height");
    Gpr depth = Frame.register(ROW_SQUARES, "depth");
    Gpr from = Gpr.RAX;
    Gpr left = Gpr.R8;
    Gpr stride = Gpr.R9;
    Gpr threeStrides = Gpr.R10;
    Vec sum = Width.YMM.register(8);
    asm.align(64);
    asm.function(ROW_SQUARES);
    asm.mov(stride, depth);
    asm.shl(stride, 2);
    asm.lea(threeStrides, Mem.at(stride, stride, 2, 0));
    Label group = asm.label();
    asm.mov(from, rows);
    asm.mov(left, depth);
    Macros.clear(asm, sum);
    Label square = asm.label();
    loadSquare(from, stride, threeStrides, 0);
    for (int i = 0; i < SQUARE; i++) {
      // Squares of floats are exact, so that one rounding is left, as in a sum of products.
      Vec four = Width.YMM.register(i);
      asm.vcvtps2pd(four, xmm(i));
      asm.vmulpd(four, four, four);
      asm.vaddpd(sum, sum, four);
    }
    asm.add(from, SQUARE * Float.BYTES);
    asm.sub(left, SQUARE);
    asm.jne(square);
    asm.vmovups(Mem.at(sums, 0), sum);
    asm.add(sums, SQUARE * Double.BYTES);
    asm.lea(rows, Mem.at(rows, stride, SQUARE, 0));
    asm.sub(height, SQUARE);
    asm.jne(group);
    asm.vzeroupper();
    asm.ret();
  }

  private void writeColumnSquares() {
    Gpr rows = Frame.register(COLUMN_SQUARES, "rows");
    Gpr scale = Frame.register(COLUMN_SQUARES, "scales");
    Gpr squares = Frame.register(COLUMN_SQUARES, "squares");
    Gpr height = Frame.register(COLUMN_SQUARES, "height");
    Gpr depth = Frame.register(COLUMN_SQUARES, "depth");
    Gpr from = Gpr.RAX;
    Gpr left = Gpr.R9;
    Gpr columns = Gpr.R10;
    Gpr stride = Gpr.R11;
    // Four vectors of sums do not wait for each other.
    int vectors = 4;
    int doubles = width.bytes() / Double.BYTES;
    Vec factor = width.register(8);
    Vec upper = width.register(9);
    asm.align(64);
    asm.function(COLUMN_SQUARES);
    asm.mov(columns, depth);
    asm.mov(stride, depth);
    asm.shl(stride, 2);
    Label some = asm.label();
    for (int v = 0; v < vectors; v++) {
      asm.vmovups(width.register(v), vector(squares, v));
    }
    asm.mov(from, rows);
    asm.mov(depth, scale);
    asm.mov(left, height);
    Label row = asm.label();
    asm.vbroadcastss(factor, Mem.at(depth, 0));
    asm.vbroadcastss(upper, Mem.at(depth, Float.BYTES));
    asm.vunpcklps(factor, factor, upper);
    for (int v = 0; v < vectors; v++) {
      Vec x = width.register(vectors + v);
      asm.vcvtps2pd(x, Mem.at(from, v * doubles * Float.BYTES));
      asm.vmulpd(x, x, x);
      asm.vmulpd(x, x, factor);
      asm.vaddpd(width.register(v), width.register(v), x);
    }
    asm.add(from, stride);
    asm.add(depth, Double.BYTES);
    asm.dec(left);
    asm.jne(row);
    for (int v = 0; v < vectors; v++) {
      asm.vmovups(vector(squares, v), width.register(v));
    }
    asm.add(rows, vectors * doubles * Float.BYTES);
    asm.add(squares, vectors * width.bytes());
    asm.sub(columns, vectors * doubles);
    asm.jne(some);
    asm.vzeroupper();
    asm.ret();
  }
}
