package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mask;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Quantization;
import java.util.function.Consumer;

/**
 * Rows of activations as integers; see {@link Quantization} for what is computed.
 *
 * <pre>{@code
 * long quantize(source, target, scales, offsets, sourceStride, targetStride,
 *               rows, depth, limit, distance, lastMask)
 * }</pre>
 *
 * Source and target lie in blocks of {@code DEPTH_BLOCK} columns, in each the rows one after the
 * other; strides are the bytes from one block to the next. Integers are stored as bytes, with 128
 * added. Rows whose squares sum up to less than {@code limit} get a second row behind all others,
 * and in {@code offsets} the number of it, counted from 1, times {@code distance}; the others get
 * 0. Of the last 16 columns those count that have a bit in {@code lastMask}. Returns how many rows
 * there are in the end. Whole blocks are read and written, whatever they hold behind the depth.
 */
public final class QuantizeCode {
  /** What makes integers unsigned. */
  public static final int SHIFT = Int8Panels.SHIFT;

  /** Bytes of a row in a block of the target. */
  public static final int ROW_BYTES = DEPTH_BLOCK;

  private static final Width WIDTH = Width.ZMM;
  private static final int LANES = WIDTH.floats();

  private static final Gpr SOURCE = Gpr.RDI;
  private static final Gpr TARGET = Gpr.RSI;
  private static final Gpr SCALES = Gpr.RDX;
  private static final Gpr OFFSETS = Gpr.RCX;
  private static final Gpr SOURCE_STRIDE = Gpr.R8;
  private static final Gpr TARGET_STRIDE = Gpr.R9;

  private static final Mem ROWS = Frame.argument(0);
  private static final Mem DEPTH = Frame.argument(1);
  private static final Mem LIMIT = Frame.argument(2);
  private static final Mem DISTANCE = Frame.argument(3);
  private static final Mem LAST_MASK = Frame.argument(4);

  private static final Gpr FROM = Gpr.RAX;
  private static final Gpr TO = Gpr.R10;
  private static final Gpr LEFT = Gpr.R11;
  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr FINE_TARGET = Gpr.R12;
  private static final Gpr FINE_SCALES = Gpr.R13;
  private static final Gpr FINE_OFFSET = Gpr.R14;
  private static final Gpr ROWS_LEFT = Gpr.R15;

  private static final Vec X = WIDTH.register(0);
  private static final Vec Q = WIDTH.register(1);
  private static final Vec T = WIDTH.register(2);
  private static final Vec SUM = WIDTH.register(3);
  private static final Vec INVERSE = WIDTH.register(4);
  private static final Vec SCALE = WIDTH.register(5);
  private static final Vec FINE_INVERSE = WIDTH.register(6);
  private static final Vec SHIFTS = WIDTH.register(7);
  private static final Vec ABSOLUTE = WIDTH.register(8);
  private static final Vec NEGATIVE_SCALE = WIDTH.register(9);

  private static final Mask TAIL = Mask.K1;
  private static final Mask ONE = Mask.K2;
  private static final Mask LARGE = Mask.K3;
  private static final Mask FINITE = Mask.K4;
  private static final Mask NOT_SMALL = Mask.K5;
  private static final Mask FINE = Mask.K6;

  private static final int LESS = 1;
  private static final int LESS_OR_EQUAL = 2;
  private static final int NOT_LESS = 5;
  private static final int NOT_LESS_ORDERED = 13;

  private final Assembler asm;
  private final Constants constants;

  QuantizeCode(Assembler asm, Constants constants) {
    this.asm = asm;
    this.constants = constants;
  }

  void write(Label entry) {
    asm.align(64);
    asm.bind(entry);
    Frame.enter(asm);
    prepare();
    var row = new Label();
    asm.bind(row);
    writeLargest();
    writeScale();
    writeRound();
    writeFine();
    asm.arithmetic(Arithmetic.ADD, SOURCE, DEPTH_BLOCK * Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, TARGET, ROW_BYTES);
    asm.arithmetic(Arithmetic.ADD, SCALES, Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, OFFSETS, Long.BYTES);
    asm.dec(ROWS_LEFT);
    asm.jump(Condition.NOT_EQUAL, row);
    // Scales of second rows follow those of all others, which SCALES has passed now.
    asm.mov(Gpr.RAX, FINE_SCALES);
    asm.arithmetic(Arithmetic.SUB, Gpr.RAX, SCALES);
    asm.shr(Gpr.RAX, 2);
    asm.arithmetic(Arithmetic.ADD, Gpr.RAX, ROWS);
    Frame.leave(asm);
  }

  private void prepare() {
    asm.mov(ROWS_LEFT, ROWS);
    asm.mov(FINE_TARGET, ROWS_LEFT);
    asm.shl(FINE_TARGET, Integer.numberOfTrailingZeros(ROW_BYTES));
    asm.arithmetic(Arithmetic.ADD, FINE_TARGET, TARGET);
    asm.lea(FINE_SCALES, Mem.at(SCALES, ROWS_LEFT, Float.BYTES, 0));
    asm.mov(FINE_OFFSET, 0);
    asm.mov(TEMP, 1);
    asm.kmovw(ONE, TEMP);
    asm.emit(VectorOp.VMOVUPS_LOAD, SHIFTS, constants.ofBits(SHIFT));
    asm.emit(VectorOp.VMOVUPS_LOAD, ABSOLUTE, constants.ofBits(Integer.MAX_VALUE));
  }

  /** The code for 16 columns of the row, all of them in turn; {@link #TO} moves along. */
  private void eachVector(Gpr target, Consumer<Mem> code) {
    var block = new Label();
    var last = new Label();
    var done = new Label();
    asm.mov(FROM, SOURCE);
    asm.mov(TO, target);
    asm.mov(LEFT, DEPTH);
    asm.bind(block);
    asm.arithmetic(Arithmetic.CMP, LEFT, DEPTH_BLOCK);
    asm.jump(Condition.LESS, last);
    for (int i = 0; i < DEPTH_BLOCK; i += LANES) {
      asm.emit(VectorOp.VMOVUPS_LOAD, X, Mem.at(FROM, i * Float.BYTES));
      code.accept(Mem.at(TO, i));
    }
    asm.arithmetic(Arithmetic.ADD, FROM, SOURCE_STRIDE);
    asm.arithmetic(Arithmetic.ADD, TO, TARGET_STRIDE);
    asm.arithmetic(Arithmetic.SUB, LEFT, DEPTH_BLOCK);
    asm.jump(block);
    asm.bind(last);
    for (int i = 0; i < DEPTH_BLOCK; i += LANES) {
      asm.arithmetic(Arithmetic.CMP, LEFT, i);
      asm.jump(Condition.LESS_OR_EQUAL, done);
      writeTailMask(i);
      asm.emit(VectorOp.VMOVUPS_LOAD, TAIL, true, X, Mem.at(FROM, i * Float.BYTES));
      code.accept(Mem.at(TO, i));
    }
    asm.bind(done);
  }

  /** A bit for each column from {@code first} on that is left. */
  private void writeTailMask(int first) {
    var whole = new Label();
    asm.mov(TEMP, (1 << LANES) - 1);
    asm.arithmetic(Arithmetic.CMP, LEFT, first + LANES);
    asm.jump(Condition.GREATER_OR_EQUAL, whole);
    asm.mov(TEMP, LAST_MASK);
    asm.bind(whole);
    asm.kmovw(TAIL, TEMP);
  }

  /** The largest absolute value, as integers: so NaN is larger than all others. */
  private void writeLargest() {
    asm.emit(VectorOp.VPXORD, SUM, SUM, SUM);
    eachVector(
        TARGET,
        to -> {
          asm.emit(VectorOp.VPANDD, X, X, ABSOLUTE);
          asm.emit(VectorOp.VPMAXSD, SUM, SUM, X);
        });
    reduce(VectorOp.VPMAXSD);
  }

  /** Combines the lanes of {@link #SUM} in each of them. */
  private void reduce(VectorOp op) {
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
      asm.emit(VectorOp.VALIGND, distance, T, SUM, SUM);
      asm.emit(op, SUM, SUM, T);
    }
  }

  private void writeScale() {
    asm.emit(VectorOp.VCMPPS, NOT_LESS_ORDERED, LARGE, SUM, constants.of(Quantization.SMALLEST));
    asm.emit(VectorOp.VCMPPS, LESS_OR_EQUAL, FINITE, SUM, constants.of(Float.MAX_VALUE));
    asm.emit(VectorOp.VCMPPS, NOT_LESS, NOT_SMALL, SUM, constants.of(Quantization.SMALLEST));
    asm.emit(VectorOp.VMOVUPS_LOAD, T, constants.of(Quantization.LARGEST));
    asm.emit(VectorOp.VDIVPS, INVERSE, T, SUM);
    asm.emit(VectorOp.VMOVAPS_LOAD, LARGE, true, INVERSE, INVERSE);
    asm.emit(VectorOp.VMOVAPS_LOAD, FINITE, true, INVERSE, INVERSE);
    // NaN if it is infinite: ∞ − ∞.
    asm.emit(VectorOp.VDIVPS, SCALE, SUM, T);
    asm.emit(VectorOp.VSUBPS, T, SUM, SUM);
    asm.emit(VectorOp.VADDPS, NOT_SMALL, true, SCALE, SCALE, T);
    asm.emit(VectorOp.VMOVUPS_STORE, ONE, false, Mem.at(SCALES, 0), SCALE);
  }

  private void writeRound() {
    asm.emit(VectorOp.VPXORD, SUM, SUM, SUM);
    eachVector(
        TARGET,
        to -> {
          asm.emit(VectorOp.VMULPS, X, X, INVERSE);
          asm.emit(VectorOp.VCVTPS2DQ, Q, X);
          asm.emit(VectorOp.VPMULLD, T, Q, Q);
          asm.emit(VectorOp.VPADDD, SUM, SUM, T);
          store(to);
        });
    reduce(VectorOp.VPADDD);
  }

  private void store(Mem to) {
    asm.emit(VectorOp.VPADDD, Q, Q, SHIFTS);
    asm.emit(VectorOp.VPMOVDB, to, Q);
  }

  private void writeFine() {
    var coarse = new Label();
    var done = new Label();
    // Integers that are not negative are in the order of the floats with the same bits.
    asm.emit(VectorOp.VCMPPS, LESS, FINE, SUM, LIMIT.broadcasted());
    asm.kmovw(TEMP, FINE);
    asm.kmovw(FROM, LARGE);
    asm.arithmetic(Arithmetic.AND, TEMP, FROM);
    asm.kmovw(FROM, FINITE);
    asm.test(TEMP, FROM);
    asm.jump(Condition.EQUAL, coarse);
    asm.emit(VectorOp.VPXORD, T, T, T);
    asm.emit(VectorOp.VSUBPS, NEGATIVE_SCALE, T, SCALE);
    asm.emit(VectorOp.VMOVUPS_LOAD, T, constants.of(Quantization.FINER));
    asm.emit(VectorOp.VMULPS, FINE_INVERSE, INVERSE, T);
    asm.emit(VectorOp.VDIVPS, T, SCALE, T);
    asm.emit(VectorOp.VMOVUPS_STORE, ONE, false, Mem.at(FINE_SCALES, 0), T);
    eachVector(
        FINE_TARGET,
        to -> {
          asm.emit(VectorOp.VMULPS, T, X, INVERSE);
          asm.emit(VectorOp.VCVTPS2DQ, Q, T);
          asm.emit(VectorOp.VCVTDQ2PS, Q, Q);
          asm.emit(VectorOp.VFMADD231PS, X, Q, NEGATIVE_SCALE);
          asm.emit(VectorOp.VMULPS, X, X, FINE_INVERSE);
          asm.emit(VectorOp.VCVTPS2DQ, Q, X);
          store(to);
        });
    asm.arithmetic(Arithmetic.ADD, FINE_OFFSET, DISTANCE);
    asm.mov(Mem.at(OFFSETS, 0), FINE_OFFSET);
    asm.arithmetic(Arithmetic.ADD, FINE_SCALES, Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, FINE_TARGET, ROW_BYTES);
    asm.jump(done);
    asm.bind(coarse);
    asm.mov(TEMP, 0);
    asm.mov(Mem.at(OFFSETS, 0), TEMP);
    asm.bind(done);
  }
}
