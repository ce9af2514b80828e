package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.kernels.Reduction;

/**
 * Layer normalisation of rows in groups of {@link #GROUP}, whose sums do not wait for each other.
 * All numbers but two are passed as {@code long}, distances in bytes.
 *
 * <pre>{@code
 * void norm(x, y, weight, bias, xStride, yStride,
 *           xGap, yGap, groups, columns, float count, float epsilon)
 * }</pre>
 *
 * Rows lie in pieces of {@code DEPTH_BLOCK} columns; gaps are from the end of one to the next. An
 * absent bias is null, y may be x, and all rows of a group may be the same one, by distances of 0.
 * Reads and writes up to the next multiple of {@link Reduction#LANES} columns.
 */
public final class NormCode {
  /** Rows that are worked on together. */
  public static final int GROUP = 4;

  /** Columns that are worked on together: after so many, partial sums come round. */
  private static final int STEP = Reduction.LANES;

  private static final int STEP_BYTES = STEP * Float.BYTES;

  private static final Gpr ALL_X = Gpr.RDI;
  private static final Gpr ALL_Y = Gpr.RSI;
  private static final Gpr ALL_WEIGHTS = Gpr.RDX;
  private static final Gpr ALL_BIASES = Gpr.RCX;
  private static final Gpr X_STRIDE = Gpr.R8;
  private static final Gpr Y_STRIDE = Gpr.R9;
  private static final Gpr X_STRIDES = Gpr.R14;
  private static final Gpr Y_STRIDES = Gpr.R15;
  private static final Gpr X = Gpr.RAX;
  private static final Gpr Y = Gpr.R10;
  private static final Gpr WEIGHT = Gpr.R11;
  private static final Gpr BIAS = Gpr.RBX;
  private static final Gpr COUNT = Gpr.R12;
  private static final Gpr LEFT = Gpr.R13;

  private static final Mem X_GAP = Frame.argument(0);
  private static final Mem Y_GAP = Frame.argument(1);
  private static final Mem GROUPS = Frame.argument(2);
  private static final Mem COLUMNS = Frame.argument(3);

  // On the aligned stack: partial sums of each row, then numbers in four lanes each.
  private static final int COLUMN_COUNT = GROUP * STEP_BYTES;
  private static final int EPSILON = COLUMN_COUNT + Width.XMM.bytes();
  private static final int RESULTS = EPSILON + Width.XMM.bytes();
  private static final int BIAS_STEP = RESULTS + Width.XMM.bytes();
  private static final int LOCALS = BIAS_STEP + Width.XMM.bytes();

  // Registers: sums and inverses, means, and what is worked on.
  private static final int MEANS = 8;
  private static final int INVERSES = 4;
  private static final int WORK = 12;

  private final Assembler asm;
  private final Width width;
  private final Constants constants;
  private final Label zeros = new Label();

  NormCode(Assembler asm, Width width, Constants constants) {
    this.asm = asm;
    this.width = width;
    this.constants = constants;
  }

  void write(Label entry) {
    writeMasks();
    var given = new Label();
    var next = new Label();
    asm.bind(entry);
    Frame.enter(asm, LOCALS);
    asm.arithmetic(Arithmetic.AND, Gpr.RSP, -64);
    keepArgument(0, COLUMN_COUNT);
    keepArgument(1, EPSILON);
    asm.mov(COUNT, STEP_BYTES);
    asm.test(ALL_BIASES, ALL_BIASES);
    asm.jump(Condition.NOT_EQUAL, given);
    // What is not there is −0 in all columns: −0 + x is x, also for x = −0.
    asm.lea(ALL_BIASES, constants.of(-0f));
    asm.mov(COUNT, 0);
    asm.bind(given);
    asm.mov(stack(BIAS_STEP), COUNT);
    asm.lea(X_STRIDES, Mem.at(X_STRIDE, X_STRIDE, 2, 0));
    asm.lea(Y_STRIDES, Mem.at(Y_STRIDE, Y_STRIDE, 2, 0));
    asm.bind(next);
    writeGroup();
    asm.lea(ALL_X, Mem.at(ALL_X, X_STRIDE, GROUP, 0));
    asm.lea(ALL_Y, Mem.at(ALL_Y, Y_STRIDE, GROUP, 0));
    asm.mov(COUNT, GROUPS);
    asm.dec(COUNT);
    asm.mov(GROUPS, COUNT);
    asm.jump(Condition.NOT_EQUAL, next);
    Frame.leave(asm);
  }

  /** Masks of the first lanes: as many words of ones as are wanted before {@link #zeros}. */
  private void writeMasks() {
    asm.align(64);
    for (int word = 0; word < STEP; word++) {
      asm.data(-1);
    }
    asm.bind(zeros);
    for (int word = 0; word < STEP; word++) {
      asm.data(0);
    }
  }

  private void keepArgument(int number, int at) {
    asm.emit(VectorOp.VBROADCASTSS, xmm(2), xmm(number));
    asm.emit(VectorOp.VMOVUPS_STORE, stack(at), xmm(2));
  }

  private void writeGroup() {
    clearSums();
    walk(this::addRows, this::addEnd);
    reduce();
    asm.emit(VectorOp.VMOVUPS_STORE, stack(RESULTS), xmm(0));
    broadcastResults(MEANS);

    clearSums();
    walk(this::addSquares, this::addSquaresOfEnd);
    reduce();
    asm.emit(VectorOp.VADDPS, xmm(0), xmm(0), stack(EPSILON));
    asm.emit(VectorOp.VSQRTPS, xmm(0), xmm(0));
    asm.emit(VectorOp.VMOVUPS_LOAD, xmm(1), constants.of(1f));
    asm.emit(VectorOp.VDIVPS, xmm(0), xmm(1), xmm(0));
    asm.emit(VectorOp.VMOVUPS_STORE, stack(RESULTS), xmm(0));
    broadcastResults(INVERSES);

    asm.mov(Y, ALL_Y);
    asm.mov(WEIGHT, ALL_WEIGHTS);
    asm.mov(BIAS, ALL_BIASES);
    walk(this::normalise, this::normalise);
  }

  private void clearSums() {
    for (int i = 0; i < GROUP * vectors(); i++) {
      asm.emit(VectorOp.VXORPS, xmm(i), xmm(i), xmm(i));
    }
  }

  /** Goes over the columns; what is left when no whole step is may be fewer columns than one. */
  private void walk(Runnable step, Runnable end) {
    var piece = new Label();
    var next = new Label();
    var last = new Label();
    var done = new Label();
    asm.mov(X, ALL_X);
    asm.mov(LEFT, COLUMNS);
    asm.bind(piece);
    asm.mov(COUNT, DEPTH_BLOCK / STEP);
    asm.bind(next);
    asm.arithmetic(Arithmetic.CMP, LEFT, STEP);
    asm.jump(Condition.LESS, last);
    step.run();
    asm.arithmetic(Arithmetic.ADD, X, STEP_BYTES);
    asm.arithmetic(Arithmetic.SUB, LEFT, STEP);
    asm.dec(COUNT);
    asm.jump(Condition.NOT_EQUAL, next);
    asm.arithmetic(Arithmetic.ADD, X, X_GAP);
    asm.arithmetic(Arithmetic.ADD, Y, Y_GAP);
    asm.jump(piece);
    asm.bind(last);
    asm.test(LEFT, LEFT);
    asm.jump(Condition.EQUAL, done);
    end.run();
    asm.bind(done);
  }

  private void addRows() {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < vectors(); v++) {
        Vec sum = register(row * vectors() + v);
        asm.emit(VectorOp.VADDPS, sum, sum, x(row, v));
      }
    }
  }

  /** Adding +0 changes nothing: sums that begin with +0 are never −0. */
  private void addEnd() {
    pointToMask();
    for (int v = 0; v < vectors(); v++) {
      asm.emit(VectorOp.VMOVUPS_LOAD, register(WORK), Mem.at(COUNT, v * width.bytes()));
      for (int row = 0; row < GROUP; row++) {
        Vec sum = register(row * vectors() + v);
        asm.emit(VectorOp.VANDPS, register(WORK + 1), register(WORK), x(row, v));
        asm.emit(VectorOp.VADDPS, sum, sum, register(WORK + 1));
      }
    }
  }

  private void addSquares() {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < vectors(); v++) {
        Vec distance = distance(WORK + row, row, v);
        asm.emit(VectorOp.VFMADD231PS, register(row * vectors() + v), distance, distance);
      }
    }
  }

  private void addSquaresOfEnd() {
    pointToMask();
    for (int v = 0; v < vectors(); v++) {
      asm.emit(VectorOp.VMOVUPS_LOAD, register(WORK), Mem.at(COUNT, v * width.bytes()));
      for (int row = 0; row < GROUP; row++) {
        Vec distance = distance(WORK + 1, row, v);
        asm.emit(VectorOp.VANDPS, distance, distance, register(WORK));
        asm.emit(VectorOp.VFMADD231PS, register(row * vectors() + v), distance, distance);
      }
    }
  }

  /** From the mean. */
  private Vec distance(int register, int row, int v) {
    Vec distance = register(register);
    asm.emit(VectorOp.VMOVUPS_LOAD, distance, x(row, v));
    asm.emit(VectorOp.VSUBPS, distance, distance, register(MEANS + row));
    return distance;
  }

  /** All rows are read before any is written: they may be the same. */
  private void normalise() {
    Vec weight = register(WORK);
    Vec bias = register(WORK + 1);
    for (int v = 0; v < vectors(); v++) {
      int at = v * width.bytes();
      asm.emit(VectorOp.VMOVUPS_LOAD, weight, Mem.at(WEIGHT, at));
      asm.emit(VectorOp.VMOVUPS_LOAD, bias, Mem.at(BIAS, at));
      for (int row = 0; row < GROUP; row++) {
        Vec result = distance(row, row, v);
        asm.emit(VectorOp.VMULPS, result, result, register(INVERSES + row));
        asm.emit(VectorOp.VFMADD213PS, result, weight, bias);
      }
      for (int row = 0; row < GROUP; row++) {
        asm.emit(VectorOp.VMOVUPS_STORE, row(Y, Y_STRIDE, Y_STRIDES, row, at), register(row));
      }
    }
    asm.arithmetic(Arithmetic.ADD, Y, STEP_BYTES);
    asm.arithmetic(Arithmetic.ADD, WEIGHT, STEP_BYTES);
    asm.arithmetic(Arithmetic.ADD, BIAS, stack(BIAS_STEP));
  }

  /** {@link #COUNT} points to the mask of the columns that are left. */
  private void pointToMask() {
    asm.shl(LEFT, 2);
    asm.lea(COUNT, Mem.at(zeros));
    asm.arithmetic(Arithmetic.SUB, COUNT, LEFT);
  }

  /** The sums of rows, divided by the number of columns, in the lanes of register 0. */
  private void reduce() {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < vectors(); v++) {
        Mem at = stack(row * STEP_BYTES + v * width.bytes());
        asm.emit(VectorOp.VMOVUPS_STORE, at, register(row * vectors() + v));
      }
    }
    for (int row = 0; row < GROUP; row++) {
      int at = row * STEP_BYTES;
      Vec low = xmm(row);
      Vec high = xmm(GROUP);
      addFromStack(low, at, at + 8 * Float.BYTES);
      addFromStack(high, at + 4 * Float.BYTES, at + 12 * Float.BYTES);
      asm.emit(VectorOp.VADDPS, low, low, high);
    }
    Transpose.write(asm);
    asm.emit(VectorOp.VADDPS, xmm(0), xmm(0), xmm(2));
    asm.emit(VectorOp.VADDPS, xmm(1), xmm(1), xmm(3));
    asm.emit(VectorOp.VADDPS, xmm(0), xmm(0), xmm(1));
    asm.emit(VectorOp.VDIVPS, xmm(0), xmm(0), stack(COLUMN_COUNT));
  }

  private void addFromStack(Vec target, int a, int b) {
    asm.emit(VectorOp.VMOVUPS_LOAD, target, stack(a));
    asm.emit(VectorOp.VADDPS, target, target, stack(b));
  }

  private void broadcastResults(int first) {
    for (int row = 0; row < GROUP; row++) {
      Mem at = stack(RESULTS + row * Float.BYTES);
      asm.emit(VectorOp.VBROADCASTSS, register(first + row), at);
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
