package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
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

/**
 * The functions that split rows by heads, each for one head: its queries are turned, its keys are
 * turned and laid out in panels, its values are copied to panels. All numbers but the scale are
 * passed as {@code long}, distances in bytes.
 *
 * <pre>{@code
 * void turn(rows, turned, cosines, sines, rowStride, turnedStride,
 *           rowHalf, turnedHalf, angleStride, half, count, float scale)
 * void keys(rows, buffer, cosines, sines, keys, rowStride,
 *           rowHalf, angleStride, half, count, left, gap)
 * void values(rows, values, rowStride, panelStride, half, count, rowHalf)
 * }</pre>
 *
 * {@code half} is the size of half a head, a multiple of whole panels' rows; {@code rowHalf} and
 * {@code turnedHalf} are the distances from one half to the other. {@code left} keys are left in
 * the panel of the first one, {@code gap} is the distance from behind a panel's first row to the
 * next panel, and {@code buffer} is memory for {@link #GROUP} rows of {@link #BUFFER_ROW} bytes.
 */
public final class SplitCode {
  /** Keys that are turned and transposed together. */
  public static final int GROUP = 4;

  /** Distance of rows in the buffer: the longest heads that there is code for. */
  public static final int BUFFER_ROW = 512;

  /** Bytes that are transposed together: a register of 128 bits. */
  private static final int QUAD = GROUP * Float.BYTES;

  /** Bytes of a cache line. */
  private static final int LINE = 64;

  private static final Gpr ROW = Gpr.RDI;
  private static final Gpr TURNED = Gpr.RSI;
  private static final Gpr COSINES = Gpr.RDX;
  private static final Gpr SINES = Gpr.RCX;
  private static final Gpr OFFSET = Gpr.RAX;
  private static final Gpr HALF = Gpr.RBX;
  private static final Gpr ROW_2 = Gpr.R10;
  private static final Gpr TURNED_2 = Gpr.R11;

  private static final int SCALE = 5;

  private final Assembler asm;
  private final KernelShape shape;

  SplitCode(Assembler asm, KernelShape shape) {
    this.asm = asm;
    this.shape = shape;
  }

  void writeTurn(Label entry) {
    Gpr rowStride = Gpr.R8;
    Gpr turnedStride = Gpr.R9;
    Gpr count = Gpr.R12;
    enter(entry);
    asm.emit(VectorOp.VBROADCASTSS, register(SCALE), Width.XMM.register(0));
    asm.mov(HALF, Frame.argument(3));
    asm.mov(count, Frame.argument(4));
    sum(ROW_2, ROW, Frame.argument(0));
    sum(TURNED_2, TURNED, Frame.argument(1));
    var next = new Label();
    asm.bind(next);
    turn(0, true);
    nextRow(rowStride, Frame.argument(2));
    asm.arithmetic(Arithmetic.ADD, TURNED, turnedStride);
    asm.arithmetic(Arithmetic.ADD, TURNED_2, turnedStride);
    asm.dec(count);
    asm.jump(Condition.NOT_EQUAL, next);
    Frame.leave(asm);
  }

  void writeKeys(Label entry) {
    Gpr keys = Gpr.R8;
    Gpr rowStride = Gpr.R9;
    Gpr count = Gpr.R12;
    Gpr left = Gpr.R13;
    Mem angleStride = Frame.argument(1);
    var next = new Label();
    var single = new Label();
    var stored = new Label();
    var inPanel = new Label();
    enter(entry);
    sum(ROW_2, ROW, Frame.argument(0));
    asm.mov(HALF, Frame.argument(2));
    asm.mov(count, Frame.argument(3));
    asm.mov(left, Frame.argument(4));
    pointToSecondHalf();

    asm.bind(next);
    asm.arithmetic(Arithmetic.CMP, count, GROUP);
    asm.jump(Condition.LESS, single);
    asm.arithmetic(Arithmetic.CMP, left, GROUP);
    asm.jump(Condition.LESS, single);
    for (int row = 0; row < GROUP; row++) {
      turn(row * BUFFER_ROW, false);
      nextRow(rowStride, angleStride);
    }
    storeGroup(keys, left);
    step(keys, left, count, GROUP);
    asm.jump(stored);

    asm.bind(single);
    turn(0, false);
    nextRow(rowStride, angleStride);
    storeKey(keys);
    step(keys, left, count, 1);

    asm.bind(stored);
    asm.test(left, left);
    asm.jump(Condition.NOT_EQUAL, inPanel);
    asm.arithmetic(Arithmetic.ADD, keys, Frame.argument(5));
    asm.mov(left, shape.panelFloats());
    asm.bind(inPanel);
    asm.test(count, count);
    asm.jump(Condition.NOT_EQUAL, next);
    Frame.leave(asm);
  }

  void writeValues(Label entry) {
    Gpr values = Gpr.RSI;
    Gpr rowStride = Gpr.RDX;
    Gpr panelStride = Gpr.RCX;
    Gpr half = Gpr.R8;
    Gpr count = Gpr.R9;
    Gpr target = Gpr.R11;
    asm.align(64);
    asm.bind(entry);
    // Without a frame, the first argument on the stack is behind the address to return to.
    sum(ROW_2, ROW, Mem.at(Gpr.RSP, Long.BYTES));
    var next = new Label();
    asm.bind(next);
    asm.mov(target, values);
    copyHalf(ROW, half, target, panelStride);
    copyHalf(ROW_2, half, target, panelStride);
    asm.arithmetic(Arithmetic.ADD, ROW, rowStride);
    asm.arithmetic(Arithmetic.ADD, ROW_2, rowStride);
    asm.arithmetic(Arithmetic.ADD, values, shape.panelBytes());
    asm.dec(count);
    asm.jump(Condition.NOT_EQUAL, next);
    asm.vzeroupper();
    asm.ret();
  }

  private void copyHalf(Gpr from, Gpr half, Gpr to, Gpr panelStride) {
    var next = new Label();
    asm.mov(OFFSET, 0);
    asm.bind(next);
    for (int v = 0; v < shape.vectors(); v++) {
      int at = v * shape.width().bytes();
      asm.emit(VectorOp.VMOVUPS_LOAD, register(v), Mem.at(from, OFFSET, 1, at));
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(to, at), register(v));
    }
    asm.arithmetic(Arithmetic.ADD, to, panelStride);
    advance(shape.panelBytes(), half, next);
  }

  private void enter(Label entry) {
    asm.align(64);
    asm.bind(entry);
    Frame.enter(asm, 0);
  }

  private void sum(Gpr target, Gpr a, Mem b) {
    asm.mov(target, a);
    asm.arithmetic(Arithmetic.ADD, target, b);
  }

  private void advance(int bytes, Gpr end, Label again) {
    asm.arithmetic(Arithmetic.ADD, OFFSET, bytes);
    asm.arithmetic(Arithmetic.CMP, OFFSET, end);
    asm.jump(Condition.LESS, again);
  }

  /**
   * One row: {@code (a · cos − b · sin) · scale} and {@code (b · cos + a · sin) · scale} of the two
   * halves a and b, the first product fused.
   */
  private void turn(int at, boolean scaled) {
    Vec a = register(0);
    Vec b = register(1);
    Vec bSin = register(2);
    Vec aSin = register(3);
    Vec cos = register(4);
    var next = new Label();
    asm.mov(OFFSET, 0);
    asm.bind(next);
    asm.emit(VectorOp.VMOVUPS_LOAD, a, Mem.at(ROW, OFFSET, 1, 0));
    asm.emit(VectorOp.VMOVUPS_LOAD, b, Mem.at(ROW_2, OFFSET, 1, 0));
    asm.emit(VectorOp.VMOVUPS_LOAD, cos, Mem.at(COSINES, OFFSET, 1, 0));
    asm.emit(VectorOp.VMULPS, bSin, b, Mem.at(SINES, OFFSET, 1, 0));
    asm.emit(VectorOp.VMULPS, aSin, a, Mem.at(SINES, OFFSET, 1, 0));
    asm.emit(VectorOp.VFMSUB213PS, a, cos, bSin);
    asm.emit(VectorOp.VFMADD213PS, b, cos, aSin);
    if (scaled) {
      asm.emit(VectorOp.VMULPS, a, a, register(SCALE));
      asm.emit(VectorOp.VMULPS, b, b, register(SCALE));
    }
    asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(TURNED, OFFSET, 1, at), a);
    asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(TURNED_2, OFFSET, 1, at), b);
    advance(shape.width().bytes(), HALF, next);
  }

  private void nextRow(Gpr rowStride, Mem angleStride) {
    asm.arithmetic(Arithmetic.ADD, ROW, rowStride);
    asm.arithmetic(Arithmetic.ADD, ROW_2, rowStride);
    asm.arithmetic(Arithmetic.ADD, COSINES, angleStride);
    asm.arithmetic(Arithmetic.ADD, SINES, angleStride);
  }

  private void step(Gpr keys, Gpr left, Gpr count, int stored) {
    asm.arithmetic(Arithmetic.ADD, keys, stored * Float.BYTES);
    asm.arithmetic(Arithmetic.SUB, left, stored);
    asm.arithmetic(Arithmetic.SUB, count, stored);
  }

  /** The rows in the buffer, four elements of each at a time. */
  private void storeGroup(Gpr keys, Gpr left) {
    Gpr from = Gpr.R14;
    Gpr to = Gpr.R15;
    Gpr ahead = TURNED_2;
    var next = new Label();
    asm.mov(from, TURNED);
    asm.mov(to, keys);
    pointAhead(ahead, left);
    countQuads();
    asm.bind(next);
    asm.prefetch(Cache.T0, Mem.at(to, ahead, 1, 0));
    for (int row = 0; row < GROUP; row++) {
      asm.emit(VectorOp.VMOVUPS_LOAD, Transpose.register(row), Mem.at(from, row * BUFFER_ROW));
    }
    Transpose.write(asm);
    for (int element = 0; element < GROUP; element++) {
      Mem at = Mem.at(to, element * shape.panelBytes());
      asm.emit(VectorOp.VMOVUPS_STORE, at, Transpose.register(element));
    }
    nextQuad(from, to, next);
    pointToSecondHalf();
  }

  /**
   * How far it is to a cache line of the next panel that this group is to prefetch with its first
   * four elements. The groups of a panel prefetch all lines of the next one: each a line where it
   * writes a quarter of one, so that it goes on by three quarters more from group to group. Keys
   * that go to a large batch's memory are stored in 0.8 of the time.
   */
  private void pointAhead(Gpr ahead, Gpr left) {
    asm.mov(OFFSET, shape.panelFloats());
    asm.arithmetic(Arithmetic.SUB, OFFSET, left);
    asm.shl(OFFSET, Integer.numberOfTrailingZeros(Float.BYTES));
    asm.lea(ahead, Mem.at(OFFSET, OFFSET, LINE / QUAD - 2, shape.panelBytes()));
    asm.arithmetic(Arithmetic.ADD, ahead, Frame.argument(5));
  }

  /** The first row in the buffer. Its neighbours in the panel may be another thread's. */
  private void storeKey(Gpr keys) {
    Gpr from = Gpr.R14;
    Gpr to = Gpr.R15;
    Gpr element = TURNED_2;
    var next = new Label();
    asm.mov(from, TURNED);
    asm.mov(to, keys);
    countQuads();
    asm.bind(next);
    for (int i = 0; i < GROUP; i++) {
      asm.mov32(element, Mem.at(from, i * Float.BYTES));
      asm.mov32(Mem.at(to, i * shape.panelBytes()), element);
    }
    nextQuad(from, to, next);
    pointToSecondHalf();
  }

  /** In the buffer, where there is no gap between halves. */
  private void pointToSecondHalf() {
    asm.mov(TURNED_2, TURNED);
    asm.arithmetic(Arithmetic.ADD, TURNED_2, HALF);
  }

  private void countQuads() {
    asm.mov(OFFSET, HALF);
    asm.shr(OFFSET, Integer.numberOfTrailingZeros(QUAD / 2));
  }

  private void nextQuad(Gpr from, Gpr to, Label again) {
    asm.arithmetic(Arithmetic.ADD, from, QUAD);
    asm.arithmetic(Arithmetic.ADD, to, GROUP * shape.panelBytes());
    asm.dec(OFFSET);
    asm.jump(Condition.NOT_EQUAL, again);
  }

  private Vec register(int number) {
    return shape.width().register(number);
  }
}
