package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.kernels.Reduction;

/** Generates the function of layer normalisation. */
public final class NormCode {
  /**
   * Normalises rows in groups of {@link #GROUP}, whose sums do not wait for each other. Numbers are
   * passed as {@code long}, distances in bytes; {@code columnCount} is {@code columns} as a float.
   *
   * <p>Rows lie in pieces of {@code DEPTH_BLOCK} columns; gaps are from the end of one to the next.
   * An absent bias is null, y may be x, and all rows of a group may be the same one, by distances
   * of 0. Reads and writes up to the next multiple of {@link Reduction#LANES} columns.
   */
  public static final Signature NORM =
      Signature.of(
          """
          void norm(address x, address y, address weight, address bias, long xStride, long yStride,
              long xGap, long yGap, long groups, long columns, float columnCount,
              float epsilon)\
          """);

  /** Rows that are worked on together. */
  public static final int GROUP = 4;

  /** Columns that are worked on together, one for each partial sum. */
  private static final int STEP = Reduction.LANES;

  private static final int STEP_BYTES = STEP * Float.BYTES;

  private static final Gpr ALL_X = Frame.register(NORM, "x");
  private static final Gpr ALL_Y = Frame.register(NORM, "y");
  private static final Gpr ALL_WEIGHTS = Frame.register(NORM, "weight");
  private static final Gpr ALL_BIASES = Frame.register(NORM, "bias");
  private static final Gpr X_STRIDE = Frame.register(NORM, "xStride");
  private static final Gpr Y_STRIDE = Frame.register(NORM, "yStride");
  private static final Gpr X_STRIDES = Gpr.R14;
  private static final Gpr Y_STRIDES = Gpr.R15;
  private static final Gpr X = Gpr.RAX;
  private static final Gpr Y = Gpr.R10;
  private static final Gpr WEIGHT = Gpr.R11;
  private static final Gpr BIAS = Gpr.RBX;
  private static final Gpr COUNT = Gpr.R12;
  private static final Gpr LEFT = Gpr.R13;

  private static final Mem X_GAP = Frame.stack(NORM, "xGap");
  private static final Mem Y_GAP = Frame.stack(NORM, "yGap");
  private static final Mem GROUPS = Frame.stack(NORM, "groups");
  private static final Mem COLUMNS = Frame.stack(NORM, "columns");

  // On the aligned stack: partial sums of each row, then numbers in four lanes each.
  private static final int COLUMN_COUNT = GROUP * STEP_BYTES;
  private static final int EPSILON = COLUMN_COUNT + Width.XMM.bytes();
  private static final int RESULTS = EPSILON + Width.XMM.bytes();
  private static final int BIAS_STEP = RESULTS + Width.XMM.bytes();
  private static final int LOCALS = BIAS_STEP + Width.XMM.bytes();

  // Registers: sums and inverses, means, and temporary ones.
  private static final int MEANS = 8;
  private static final int INVERSES = 4;
  private static final int WORK = 12;

  private final X86Assembler asm;
  private final Width width;
  private final Label zeros = new Label();

  public NormCode(X86Assembler asm, Width width) {
    this.asm = asm;
    this.width = width;
  }

  public void write() {
    writeMasks();
    var given = new Label();
    asm.function(NORM);
    Frame.enter(asm, LOCALS);
    asm.and(Gpr.RSP, -64);
    keepArgument("columnCount", COLUMN_COUNT);
    keepArgument("epsilon", EPSILON);
    asm.mov(COUNT, STEP_BYTES);
    asm.test(ALL_BIASES, ALL_BIASES);
    asm.jne(given);
    // An absent bias is −0 in all columns: −0 + x is x, also for x = −0.
    asm.lea(ALL_BIASES, asm.constant(-0f));
    asm.mov(COUNT, 0);
    asm.bind(given);
    asm.mov(stack(BIAS_STEP), COUNT);
    asm.lea(X_STRIDES, Mem.at(X_STRIDE, X_STRIDE, 2, 0));
    asm.lea(Y_STRIDES, Mem.at(Y_STRIDE, Y_STRIDE, 2, 0));
    Label next = asm.label();
    writeGroup();
    asm.lea(ALL_X, Mem.at(ALL_X, X_STRIDE, GROUP, 0));
    asm.lea(ALL_Y, Mem.at(ALL_Y, Y_STRIDE, GROUP, 0));
    Macros.countDown(asm, GROUPS, COUNT);
    asm.jne(next);
    Frame.leave(asm);
  }

  /** Writes masks of the first lanes: as many words of ones as are wanted before {@link #zeros}. */
  private void writeMasks() {
    asm.align(64);
    asm.data(-1, STEP);
    asm.bind(zeros);
    asm.data(0, STEP);
  }

  private void keepArgument(String name, int at) {
    asm.vbroadcastss(xmm(2), Frame.floatRegister(NORM, name));
    asm.vmovups(stack(at), xmm(2));
  }

  private void writeGroup() {
    clearSums();
    walk(this::addRows, this::addEnd);
    reduce();
    asm.vmovups(stack(RESULTS), xmm(0));
    broadcastResults(MEANS);

    clearSums();
    walk(this::addSquares, this::addSquaresOfEnd);
    reduce();
    asm.vaddps(xmm(0), xmm(0), stack(EPSILON));
    asm.vsqrtps(xmm(0), xmm(0));
    asm.vmovups(xmm(1), asm.constant(1f));
    asm.vdivps(xmm(0), xmm(1), xmm(0));
    asm.vmovups(stack(RESULTS), xmm(0));
    broadcastResults(INVERSES);

    asm.mov(Y, ALL_Y);
    asm.mov(WEIGHT, ALL_WEIGHTS);
    asm.mov(BIAS, ALL_BIASES);
    walk(this::normalise, this::normalise);
  }

  private void clearSums() {
    for (int i = 0; i < GROUP * vectors(); i++) {
      asm.vxorps(xmm(i), xmm(i), xmm(i));
    }
  }

  /**
   * Goes over the columns.
   *
   * @param end works on the columns that are left, fewer than a step
   */
  private void walk(Runnable step, Runnable end) {
    var last = new Label();
    var done = new Label();
    asm.mov(X, ALL_X);
    asm.mov(LEFT, COLUMNS);
    Label piece = asm.label();
    asm.mov(COUNT, DEPTH_BLOCK / STEP);
    Label next = asm.label();
    asm.cmp(LEFT, STEP);
    asm.jl(last);
    step.run();
    asm.add(X, STEP_BYTES);
    asm.sub(LEFT, STEP);
    asm.dec(COUNT);
    asm.jne(next);
    asm.add(X, X_GAP);
    asm.add(Y, Y_GAP);
    asm.jmp(piece);
    asm.bind(last);
    asm.test(LEFT, LEFT);
    asm.je(done);
    end.run();
    asm.bind(done);
  }

  private void addRows() {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < vectors(); v++) {
        asm.vaddps(sum(row, v), sum(row, v), x(row, v));
      }
    }
  }

  /** Adding +0 changes nothing: sums that begin with +0 are never −0. */
  private void addEnd() {
    eachMasked((row, v) -> {
      asm.vandps(register(WORK + 1), register(WORK), x(row, v));
      asm.vaddps(sum(row, v), sum(row, v), register(WORK + 1));
    });
  }

  private void addSquares() {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < vectors(); v++) {
        Vec distance = distance(WORK + row, row, v);
        asm.vfmadd231ps(sum(row, v), distance, distance);
      }
    }
  }

  private void addSquaresOfEnd() {
    eachMasked((row, v) -> {
      Vec distance = distance(WORK + 1, row, v);
      asm.vandps(distance, distance, register(WORK));
      asm.vfmadd231ps(sum(row, v), distance, distance);
    });
  }

  /** Writes code for each vector of each row, with the mask of the columns that are left. */
  private void eachMasked(RowAndVector code) {
    asm.shl(LEFT, 2);
    asm.lea(COUNT, Mem.at(zeros));
    asm.sub(COUNT, LEFT);
    for (int v = 0; v < vectors(); v++) {
      asm.vmovups(register(WORK), Mem.at(COUNT, v * width.bytes()));
      for (int row = 0; row < GROUP; row++) {
        code.write(row, v);
      }
    }
  }

  private interface RowAndVector {
    void write(int row, int v);
  }

  private Vec sum(int row, int v) {
    return register(row * vectors() + v);
  }

  /** Computes the distance of a vector from the row's mean. */
  private Vec distance(int register, int row, int v) {
    Vec distance = register(register);
    asm.vmovups(distance, x(row, v));
    asm.vsubps(distance, distance, register(MEANS + row));
    return distance;
  }

  /** Writes a step of all rows. All are read before any is written: they may be the same. */
  private void normalise() {
    Vec weight = register(WORK);
    Vec bias = register(WORK + 1);
    for (int v = 0; v < vectors(); v++) {
      int at = v * width.bytes();
      asm.vmovups(weight, Mem.at(WEIGHT, at));
      asm.vmovups(bias, Mem.at(BIAS, at));
      for (int row = 0; row < GROUP; row++) {
        Vec result = distance(row, row, v);
        asm.vmulps(result, result, register(INVERSES + row));
        asm.vfmadd213ps(result, weight, bias);
      }
      for (int row = 0; row < GROUP; row++) {
        asm.vmovups(row(Y, Y_STRIDE, Y_STRIDES, row, at), register(row));
      }
    }
    asm.add(Y, STEP_BYTES);
    asm.add(WEIGHT, STEP_BYTES);
    asm.add(BIAS, stack(BIAS_STEP));
  }

  /** Computes the sums of rows, divided by the number of columns, in the lanes of register 0. */
  private void reduce() {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < vectors(); v++) {
        Mem at = stack(row * STEP_BYTES + v * width.bytes());
        asm.vmovups(at, sum(row, v));
      }
    }
    for (int row = 0; row < GROUP; row++) {
      int at = row * STEP_BYTES;
      Vec low = xmm(row);
      Vec high = xmm(GROUP);
      addFromStack(low, at, at + 8 * Float.BYTES);
      addFromStack(high, at + 4 * Float.BYTES, at + 12 * Float.BYTES);
      asm.vaddps(low, low, high);
    }
    Macros.transpose(asm);
    asm.vaddps(xmm(0), xmm(0), xmm(2));
    asm.vaddps(xmm(1), xmm(1), xmm(3));
    asm.vaddps(xmm(0), xmm(0), xmm(1));
    asm.vdivps(xmm(0), xmm(0), stack(COLUMN_COUNT));
  }

  private void addFromStack(Vec target, int a, int b) {
    asm.vmovups(target, stack(a));
    asm.vaddps(target, target, stack(b));
  }

  private void broadcastResults(int first) {
    for (int row = 0; row < GROUP; row++) {
      Mem at = stack(RESULTS + row * Float.BYTES);
      asm.vbroadcastss(register(first + row), at);
    }
  }

  private Mem x(int row, int v) {
    return row(X, X_STRIDE, X_STRIDES, row, v * width.bytes());
  }

  private static Mem row(Gpr base, Gpr stride, Gpr strides, int row, int at) {
    return switch (row) {
      case 0 -> Mem.at(base, at);
      case 3 -> Mem.at(base, strides, 1, at);
      default -> Mem.at(base, stride, row, at);
    };
  }

  private static Mem stack(int at) {
    return Mem.at(Gpr.RSP, at);
  }

  private int vectors() {
    return STEP / width.floats();
  }

  private static Vec xmm(int number) {
    return Width.XMM.register(number);
  }

  private Vec register(int number) {
    return width.register(number);
  }
}
