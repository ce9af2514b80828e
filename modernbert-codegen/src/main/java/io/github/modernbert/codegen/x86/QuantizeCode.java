package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mask;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.asm.X86Assembler.Ternary;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Quantization;
import java.util.function.Consumer;

/** Generates the function that makes 8-bit integers of rows of activations. */
public record QuantizeCode(X86Assembler asm) {
  /**
   * Makes integers of rows, see {@link Quantization} for the formulas, and returns how many rows
   * there are in the end.
   *
   * <p>Source and target lie in blocks of {@code DEPTH_BLOCK} columns, in each the rows one after
   * the other; strides are the bytes from one block to the next. Integers are stored as bytes, with
   * 128 added. Rows whose squares sum up to less than {@code limit} get a second row behind all
   * others, and in {@code offsets} the number of it, counted from 1, times {@code distance}; the
   * others get 0. Of the last 16 columns those count that have a bit in {@code lastMask}. Whole
   * blocks are read and written, whatever they hold behind the depth.
   */
  public static final Signature QUANTIZE =
      Signature.of(
          """
          long quantize(address source, address target, address scales, address offsets,
              long sourceStride, long targetStride, long rows, long depth, long limit,
              long distance, long lastMask)\
          """);

  /** Added to integers, so that bytes have no sign. */
  public static final int SHIFT = Int8Panels.SHIFT;

  /** Bytes of a row in a block of the target. */
  public static final int ROW_BYTES = DEPTH_BLOCK;

  private static final Width WIDTH = Width.ZMM;
  private static final int LANES = WIDTH.floats();

  private static final Gpr SOURCE = Frame.register(QUANTIZE, "source");
  private static final Gpr TARGET = Frame.register(QUANTIZE, "target");
  private static final Gpr SCALES = Frame.register(QUANTIZE, "scales");
  private static final Gpr OFFSETS = Frame.register(QUANTIZE, "offsets");
  private static final Gpr SOURCE_STRIDE = Frame.register(QUANTIZE, "sourceStride");
  private static final Gpr TARGET_STRIDE = Frame.register(QUANTIZE, "targetStride");

  private static final Mem ROWS = Frame.stack(QUANTIZE, "rows");
  private static final Mem DEPTH = Frame.stack(QUANTIZE, "depth");
  private static final Mem LIMIT = Frame.stack(QUANTIZE, "limit");
  private static final Mem DISTANCE = Frame.stack(QUANTIZE, "distance");
  private static final Mem LAST_MASK = Frame.stack(QUANTIZE, "lastMask");

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

  public void write() {
    asm.align(64);
    asm.function(QUANTIZE);
    Frame.enter(asm, 0);
    prepare();
    Label row = asm.label();
    writeLargest();
    writeScale();
    writeRound();
    writeFine();
    asm.add(SOURCE, DEPTH_BLOCK * Float.BYTES);
    asm.add(TARGET, ROW_BYTES);
    asm.add(SCALES, Float.BYTES);
    asm.add(OFFSETS, Long.BYTES);
    asm.dec(ROWS_LEFT);
    asm.jne(row);
    // Scales of second rows follow those of all others, which SCALES has passed now.
    asm.mov(Gpr.RAX, FINE_SCALES);
    asm.sub(Gpr.RAX, SCALES);
    asm.shr(Gpr.RAX, 2);
    asm.add(Gpr.RAX, ROWS);
    Frame.leave(asm);
  }

  private void prepare() {
    asm.mov(ROWS_LEFT, ROWS);
    asm.mov(FINE_TARGET, ROWS_LEFT);
    asm.shl(FINE_TARGET, Integer.numberOfTrailingZeros(ROW_BYTES));
    asm.add(FINE_TARGET, TARGET);
    asm.lea(FINE_SCALES, Mem.at(SCALES, ROWS_LEFT, Float.BYTES, 0));
    asm.mov(FINE_OFFSET, 0);
    asm.mov(TEMP, 1);
    asm.kmovw(ONE, TEMP.dword());
    asm.vmovups(SHIFTS, asm.constantBits(SHIFT));
    asm.vmovups(ABSOLUTE, asm.constantBits(Integer.MAX_VALUE));
  }

  /** Repeats code for 16 columns of the row, all of them in turn; {@link #TO} moves along. */
  private void eachVector(Gpr target, Consumer<Mem> code) {
    var last = new Label();
    var done = new Label();
    asm.mov(FROM, SOURCE);
    asm.mov(TO, target);
    asm.mov(LEFT, DEPTH);
    Label block = asm.label();
    asm.cmp(LEFT, DEPTH_BLOCK);
    asm.jl(last);
    for (int i = 0; i < DEPTH_BLOCK; i += LANES) {
      asm.vmovups(X, Mem.at(FROM, i * Float.BYTES));
      code.accept(Mem.at(TO, i));
    }
    asm.add(FROM, SOURCE_STRIDE);
    asm.add(TO, TARGET_STRIDE);
    asm.sub(LEFT, DEPTH_BLOCK);
    asm.jmp(block);
    asm.bind(last);
    for (int i = 0; i < DEPTH_BLOCK; i += LANES) {
      asm.cmp(LEFT, i);
      asm.jle(done);
      writeTailMask(i);
      asm.vmovups(X.zeroing(TAIL), Mem.at(FROM, i * Float.BYTES));
      code.accept(Mem.at(TO, i));
    }
    asm.bind(done);
  }

  /** Sets a bit of {@link #TAIL} for each column from {@code first} on that is left. */
  private void writeTailMask(int first) {
    var whole = new Label();
    asm.mov(TEMP, (1 << LANES) - 1);
    asm.cmp(LEFT, first + LANES);
    asm.jge(whole);
    asm.mov(TEMP, LAST_MASK);
    asm.bind(whole);
    asm.kmovw(TAIL, TEMP.dword());
  }

  /**
   * Computes the largest absolute value, compared as integers: so NaN is larger than all others.
   */
  private void writeLargest() {
    asm.vpxord(SUM, SUM, SUM);
    eachVector(
        TARGET,
        to -> {
          asm.vpandd(X, X, ABSOLUTE);
          asm.vpmaxsd(SUM, SUM, X);
        });
    reduce(asm::vpmaxsd);
  }

  /** Combines the lanes of {@link #SUM} in each of them. */
  private void reduce(Ternary operation) {
    for (int distance = LANES / 2; distance > 0; distance /= 2) {
      asm.valignd(T, SUM, SUM, distance);
      operation.write(SUM, SUM, T);
    }
  }

  private void writeScale() {
    asm.vcmpps(LARGE, SUM, asm.constant(Quantization.SMALLEST), NOT_LESS_ORDERED);
    asm.vcmpps(FINITE, SUM, asm.constant(Float.MAX_VALUE), LESS_OR_EQUAL);
    asm.vcmpps(NOT_SMALL, SUM, asm.constant(Quantization.SMALLEST), NOT_LESS);
    asm.vmovups(T, asm.constant(Quantization.LARGEST));
    asm.vdivps(INVERSE, T, SUM);
    asm.vmovaps(INVERSE.zeroing(LARGE), INVERSE);
    asm.vmovaps(INVERSE.zeroing(FINITE), INVERSE);
    // NaN if it is infinite: ∞ − ∞.
    asm.vdivps(SCALE, SUM, T);
    asm.vsubps(T, SUM, SUM);
    asm.vaddps(SCALE.zeroing(NOT_SMALL), SCALE, T);
    asm.vmovups(Mem.at(SCALES, 0), ONE, SCALE);
  }

  private void writeRound() {
    asm.vpxord(SUM, SUM, SUM);
    eachVector(
        TARGET,
        to -> {
          asm.vmulps(X, X, INVERSE);
          asm.vcvtps2dq(Q, X);
          asm.vpmulld(T, Q, Q);
          asm.vpaddd(SUM, SUM, T);
          store(to);
        });
    reduce(asm::vpaddd);
  }

  private void store(Mem to) {
    asm.vpaddd(Q, Q, SHIFTS);
    asm.vpmovdb(to, Q);
  }

  private void writeFine() {
    var coarse = new Label();
    var done = new Label();
    // Integers that are not negative are in the order of the floats with the same bits.
    asm.vcmpps(FINE, SUM, LIMIT.broadcasted(), LESS);
    asm.kmovw(TEMP.dword(), FINE);
    asm.kmovw(FROM.dword(), LARGE);
    asm.and(TEMP, FROM);
    asm.kmovw(FROM.dword(), FINITE);
    asm.test(TEMP, FROM);
    asm.je(coarse);
    asm.vpxord(T, T, T);
    asm.vsubps(NEGATIVE_SCALE, T, SCALE);
    asm.vmovups(T, asm.constant(Quantization.RESIDUAL_RATIO));
    asm.vmulps(FINE_INVERSE, INVERSE, T);
    asm.vdivps(T, SCALE, T);
    asm.vmovups(Mem.at(FINE_SCALES, 0), ONE, T);
    eachVector(
        FINE_TARGET,
        to -> {
          asm.vmulps(T, X, INVERSE);
          asm.vcvtps2dq(Q, T);
          asm.vcvtdq2ps(Q, Q);
          asm.vfmadd231ps(X, Q, NEGATIVE_SCALE);
          asm.vmulps(X, X, FINE_INVERSE);
          asm.vcvtps2dq(Q, X);
          store(to);
        });
    asm.add(FINE_OFFSET, DISTANCE);
    asm.mov(Mem.at(OFFSETS, 0), FINE_OFFSET);
    asm.add(FINE_SCALES, Float.BYTES);
    asm.add(FINE_TARGET, ROW_BYTES);
    asm.jmp(done);
    asm.bind(coarse);
    asm.mov(TEMP, 0);
    asm.mov(Mem.at(OFFSETS, 0), TEMP);
    asm.bind(done);
  }
}
