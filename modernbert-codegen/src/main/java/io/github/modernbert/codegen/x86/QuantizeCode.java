package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.kernels.Quantization;

/** Generates the function that makes 8-bit integers of rows of activations. */
public final class QuantizeCode {
  /**
   * Makes integers of rows, see {@link Quantization} for the formulas, and returns how many rows
   * there are in the end.
   *
   * <p>Source and target lie in blocks of {@code DEPTH_BLOCK} columns, in each the rows one after
   * the other; strides are the bytes from one block to the next. Integers are stored as bytes with
   * 128 added, so that they have no sign; or for {@link Int8Instructions#MADD} as they are in 16
   * bits, of each four the second and the third in each other's place. Rows whose squares sum up to
   * less than {@code limit} get a second row behind all others, and in {@code offsets} the number
   * of it, counted from 1, times {@code distance}; the others get 0. Whole blocks are read,
   * whatever they hold behind the depth, and written.
   */
  public static final Signature QUANTIZE =
      Signature.of(
          """
          long quantize(address source, address target, address scales, address offsets,
              long sourceStride, long targetStride, long rows, long depth, long limit,
              long distance)\
          """);

  /** Flips the sign of a byte, which adds 128 to it. */
  private static final int SIGNS = 0x80808080;

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

  private static final Gpr FROM = Gpr.RAX;
  private static final Gpr TO = Gpr.R10;
  private static final Gpr LEFT = Gpr.R11;
  private static final Gpr TEMP = Gpr.RBX;
  private static final Gpr FINE_TARGET = Gpr.R12;
  private static final Gpr FINE_SCALES = Gpr.R13;
  private static final Gpr FINE_OFFSET = Gpr.R14;
  private static final Gpr ROWS_LEFT = Gpr.R15;

  /** Lets the second and the third lane of four trade places. */
  private static final int EVEN_FIRST = 0xD8;

  private final X86Assembler asm;
  private final Width width;
  private final Int8Instructions instructions;
  private final ScaleCode scales;

  /** Vectors of floats whose integers fill a vector. */
  private final int packed;

  private final Label order = new Label();
  private final Label columnsEnd = new Label();

  private final Vec sum;
  private final Vec otherSum;
  private final Vec square;
  private final Vec inverse;
  private final Vec fineInverse;
  private final Vec negativeScale;
  private final Vec places;
  private final Vec absolute;

  /** The function for vectors of a width and what multiplies them. */
  public QuantizeCode(X86Assembler asm, Width width, Int8Instructions instructions) {
    this.asm = asm;
    this.width = width;
    this.instructions = instructions;
    scales = new ScaleCode(asm, width, TEMP);
    packed = Float.BYTES / instructions.bytes;
    sum = width.register(4);
    otherSum = width.register(5);
    square = width.register(6);
    inverse = width.register(7);
    fineInverse = width.register(8);
    negativeScale = width.register(9);
    places = width.register(10);
    absolute = width.register(11);
  }

  /** Writes the function, and behind it what it reads. */
  public void write() {
    asm.align(64);
    asm.function(QUANTIZE);
    Frame.enter(asm, 0);
    prepare();
    Label row = asm.label();
    var coarse = new Label();
    var done = new Label();
    writeLargest();
    scales.writeScale(inverse, SCALES, FROM);
    writeRound();
    asm.cmp(TEMP, LIMIT);
    asm.jge(coarse);
    // A scale of 0 or NaN: nothing was rounded.
    asm.mov(TEMP.dword(), Mem.at(SCALES, 0));
    asm.test(TEMP, TEMP);
    asm.je(coarse);
    asm.cmp(TEMP, Float.floatToRawIntBits(Float.MAX_VALUE));
    asm.jg(coarse);
    writeFine();
    asm.jmp(done);
    asm.bind(coarse);
    asm.mov(TEMP, 0);
    asm.mov(Mem.at(OFFSETS, 0), TEMP);
    asm.bind(done);
    asm.add(SOURCE, DEPTH_BLOCK * Float.BYTES);
    asm.add(TARGET, instructions.rowBytes());
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
    writeTables();
  }

  private void prepare() {
    asm.mov(ROWS_LEFT, ROWS);
    asm.mov(FINE_TARGET, ROWS_LEFT);
    asm.shl(FINE_TARGET, Integer.numberOfTrailingZeros(instructions.rowBytes()));
    asm.add(FINE_TARGET, TARGET);
    asm.lea(FINE_SCALES, Mem.at(SCALES, ROWS_LEFT, Float.BYTES, 0));
    asm.mov(FINE_OFFSET, 0);
    asm.vmovups(places, Mem.at(order));
    asm.vmovups(absolute, asm.constantBits(Integer.MAX_VALUE));
  }

  /**
   * Writes the order of packed lanes, and a mask of all bits for a block of columns, with zeros
   * behind it.
   */
  private void writeTables() {
    asm.align(64);
    asm.bind(order);
    scales.writeOrder(instructions.bytes);
    asm.align(64);
    asm.data(-1, DEPTH_BLOCK);
    asm.bind(columnsEnd);
    asm.data(0, DEPTH_BLOCK);
  }

  /** Loads the vector of a number in the block into a register. */
  @FunctionalInterface
  private interface Load {
    void to(Vec register, int number);
  }

  @FunctionalInterface
  private interface Block {
    void write(Load load);
  }

  /** Repeats code for each block of the row; what is behind the depth is loaded as zeros. */
  private void eachBlock(Gpr target, Block code) {
    var last = new Label();
    var done = new Label();
    asm.mov(FROM, SOURCE);
    asm.mov(TO, target);
    asm.mov(LEFT, DEPTH);
    Label block = asm.label();
    asm.cmp(LEFT, DEPTH_BLOCK);
    asm.jl(last);
    code.write((register, number) -> asm.vmovups(register, vector(FROM, number)));
    asm.add(FROM, SOURCE_STRIDE);
    asm.add(TO, TARGET_STRIDE);
    asm.sub(LEFT, DEPTH_BLOCK);
    asm.jmp(block);
    asm.bind(last);
    asm.test(LEFT, LEFT);
    asm.je(done);
    asm.shl(LEFT, 2);
    asm.lea(TEMP, Mem.at(columnsEnd));
    asm.sub(TEMP, LEFT);
    code.write((register, number) -> {
      asm.vmovups(register, vector(FROM, number));
      asm.vandps(register, register, vector(TEMP, number));
    });
    asm.bind(done);
  }

  private Mem vector(Gpr base, int number) {
    return Mem.at(base, number * width.bytes());
  }

  private Vec value(int number) {
    return width.register(number);
  }

  /**
   * Computes the largest absolute value, compared as integers: so NaN is larger than all others.
   */
  private void writeLargest() {
    Macros.clear(asm, sum);
    Macros.clear(asm, otherSum);
    eachBlock(
        TARGET,
        load -> {
          for (int i = 0; i < scales.blockVectors(); i++) {
            Vec x = value(i % packed);
            Vec largest = i % 2 == 0 ? sum : otherSum;
            load.to(x, i);
            asm.vandps(x, x, absolute);
            asm.vpmaxsd(largest, largest, x);
          }
        });
    scales.reduce(sum, otherSum, asm::vpmaxsd);
  }

  /** Rounds the row; the sum of squares goes to {@link #TEMP}. */
  private void writeRound() {
    Macros.clear(asm, sum);
    Macros.clear(asm, otherSum);
    eachBlock(
        TARGET,
        load ->
            pack(
                (x, number) -> {
                  load.to(x, number);
                  asm.vmulps(x, x, inverse);
                  asm.vcvtps2dq(x, x);
                },
                true));
    scales.reduce(sum, otherSum, asm::vpaddd);
  }

  /** Packs and stores the integers of a block, and adds their squares up if wanted. */
  private void pack(Load integers, boolean squares) {
    for (int first = 0; first < scales.blockVectors(); first += packed) {
      for (int i = 0; i < packed; i++) {
        integers.to(value(i), first + i);
        if (instructions == Int8Instructions.MADD) {
          asm.vshufps(value(i), value(i), value(i), EVEN_FIRST);
        }
      }
      for (int i = 0; i < packed; i += 2) {
        asm.vpackssdw(value(i), value(i), value(i + 1));
        if (squares) {
          Vec total = (first + i) % 4 == 0 ? sum : otherSum;
          asm.vpmaddwd(square, value(i), value(i));
          asm.vpaddd(total, total, square);
        }
      }
      Vec all = value(0);
      if (packed == 4) {
        asm.vpacksswb(all, all, value(2));
        asm.vxorps(all, all, asm.constantBits(SIGNS));
      }
      asm.vpermd(all, places, all);
      asm.vmovups(vector(TO, first / packed), all);
    }
  }

  private void writeFine() {
    Macros.clear(asm, square);
    asm.vbroadcastss(negativeScale, ScaleCode.SCALE);
    asm.vsubps(negativeScale, square, negativeScale);
    asm.vmovups(fineInverse, asm.constant(Quantization.RESIDUAL_RATIO));
    asm.vmulps(fineInverse, fineInverse, inverse);
    asm.vdivps(ScaleCode.SCALE, ScaleCode.SCALE, asm.constant(Quantization.RESIDUAL_RATIO));
    scales.storeScale(FINE_SCALES, FROM);
    eachBlock(
        FINE_TARGET,
        load ->
            pack(
                (x, number) -> {
                  load.to(x, number);
                  asm.vmulps(square, x, inverse);
                  asm.vcvtps2dq(square, square);
                  asm.vcvtdq2ps(square, square);
                  asm.vfmadd231ps(x, square, negativeScale);
                  asm.vmulps(x, x, fineInverse);
                  asm.vcvtps2dq(x, x);
                },
                false));
    asm.add(FINE_OFFSET, DISTANCE);
    asm.mov(Mem.at(OFFSETS, 0), FINE_OFFSET);
    asm.add(FINE_SCALES, Float.BYTES);
    asm.add(FINE_TARGET, instructions.rowBytes());
  }
}
