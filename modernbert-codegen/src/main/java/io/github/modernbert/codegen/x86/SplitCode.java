package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;

/**
 * Generates the functions that split rows by heads, each for one head. Numbers but the scale are
 * passed as {@code long}, distances in bytes. {@code half} is the size of half a head, a multiple
 * of whole panels' rows; {@code rowHalf} and {@code turnedHalf} are the distances from one half to
 * the other.
 */
public record SplitCode(X86Assembler asm, KernelShape shape) {
  /** Turns the queries of a head by the angles of their positions and scales them. */
  public static final Signature TURN =
      Signature.of(
          """
          void turn(address rows, address turned, address cosines, address sines, long rowStride,
              long turnedStride, long rowHalf, long turnedHalf, long angleStride, long half,
              long count, float scale)\
          """);

  /**
   * Turns the keys of a head and lays them out in panels. {@code left} keys are left in the panel
   * of the first one, {@code gap} is the distance from behind a panel's first row to the next
   * panel, and {@code buffer} is memory for {@link #GROUP} rows of {@link #BUFFER_ROW} bytes.
   */
  public static final Signature KEYS =
      Signature.of(
          """
          void keys(address rows, address buffer, address cosines, address sines, address keys,
              long rowStride, long rowHalf, long angleStride, long half, long count, long left,
              long gap)\
          """);

  /** Copies the values of a head to panels. */
  public static final Signature VALUES =
      Signature.of(
          """
          void values(address rows, address values, long rowStride, long panelStride, long half,
              long count, long rowHalf)\
          """);

  /** Keys that are turned and transposed together. */
  public static final int GROUP = 4;

  /** Distance of rows in the buffer: the longest heads that there is code for. */
  public static final int BUFFER_ROW = 512;

  /** Bytes that are transposed together: a register of 128 bits. */
  private static final int QUAD = GROUP * Float.BYTES;

  /** Bytes of a cache line. */
  private static final int LINE = 64;

  // The functions that turn get rows, their targets and angles in the same registers.
  private static final Gpr ROW = Frame.register(TURN, "rows");
  private static final Gpr TURNED = Frame.register(TURN, "turned");
  private static final Gpr COSINES = Frame.register(TURN, "cosines");
  private static final Gpr SINES = Frame.register(TURN, "sines");
  private static final Gpr OFFSET = Gpr.RAX;
  private static final Gpr HALF = Gpr.RBX;
  private static final Gpr ROW_2 = Gpr.R10;
  private static final Gpr TURNED_2 = Gpr.R11;
  private static final Gpr FROM = Gpr.R14;
  private static final Gpr TO = Gpr.R15;

  private static final int SCALE = 5;

  /** Writes all three functions. */
  public void write() {
    writeTurn();
    writeKeys();
    writeValues();
  }

  private void writeTurn() {
    Gpr rowStride = Frame.register(TURN, "rowStride");
    Gpr turnedStride = Frame.register(TURN, "turnedStride");
    Gpr count = Gpr.R12;
    enter(TURN);
    asm.vbroadcastss(register(SCALE), Frame.floatRegister(TURN, "scale"));
    asm.mov(HALF, Frame.stack(TURN, "half"));
    asm.mov(count, Frame.stack(TURN, "count"));
    sum(ROW_2, ROW, Frame.stack(TURN, "rowHalf"));
    sum(TURNED_2, TURNED, Frame.stack(TURN, "turnedHalf"));
    Label next = asm.label();
    turn(0, true);
    nextRow(rowStride, Frame.stack(TURN, "angleStride"));
    asm.add(TURNED, turnedStride);
    asm.add(TURNED_2, turnedStride);
    asm.dec(count);
    asm.jne(next);
    Frame.leave(asm);
  }

  private void writeKeys() {
    Gpr keys = Frame.register(KEYS, "keys");
    Gpr rowStride = Frame.register(KEYS, "rowStride");
    Gpr count = Gpr.R12;
    Gpr left = Gpr.R13;
    Mem angleStride = Frame.stack(KEYS, "angleStride");
    var single = new Label();
    var stored = new Label();
    var inPanel = new Label();
    enter(KEYS);
    sum(ROW_2, ROW, Frame.stack(KEYS, "rowHalf"));
    asm.mov(HALF, Frame.stack(KEYS, "half"));
    asm.mov(count, Frame.stack(KEYS, "count"));
    asm.mov(left, Frame.stack(KEYS, "left"));
    pointToSecondHalf();

    Label next = asm.label();
    asm.cmp(count, GROUP);
    asm.jl(single);
    asm.cmp(left, GROUP);
    asm.jl(single);
    for (int row = 0; row < GROUP; row++) {
      turn(row * BUFFER_ROW, false);
      nextRow(rowStride, angleStride);
    }
    storeGroup(keys, left);
    step(keys, left, count, GROUP);
    asm.jmp(stored);

    asm.bind(single);
    turn(0, false);
    nextRow(rowStride, angleStride);
    storeKey(keys);
    step(keys, left, count, 1);

    asm.bind(stored);
    asm.test(left, left);
    asm.jne(inPanel);
    asm.add(keys, Frame.stack(KEYS, "gap"));
    asm.mov(left, shape.panelFloats());
    asm.bind(inPanel);
    asm.test(count, count);
    asm.jne(next);
    Frame.leave(asm);
  }

  private void writeValues() {
    Gpr values = Frame.register(VALUES, "values");
    Gpr rowStride = Frame.register(VALUES, "rowStride");
    Gpr panelStride = Frame.register(VALUES, "panelStride");
    Gpr half = Frame.register(VALUES, "half");
    Gpr count = Frame.register(VALUES, "count");
    Gpr target = Gpr.R11;
    asm.align(64);
    asm.function(VALUES);
    sum(ROW_2, ROW, Frame.stackWithoutFrame(VALUES, "rowHalf"));
    Label next = asm.label();
    asm.mov(target, values);
    copyHalf(ROW, half, target, panelStride);
    copyHalf(ROW_2, half, target, panelStride);
    asm.add(ROW, rowStride);
    asm.add(ROW_2, rowStride);
    asm.add(values, shape.panelBytes());
    asm.dec(count);
    asm.jne(next);
    asm.vzeroupper();
    asm.ret();
  }

  private void copyHalf(Gpr from, Gpr half, Gpr to, Gpr panelStride) {
    asm.mov(OFFSET, 0);
    Label next = asm.label();
    for (int v = 0; v < shape.vectors(); v++) {
      int at = v * shape.width().bytes();
      asm.vmovups(register(v), Mem.at(from, OFFSET, 1, at));
      asm.vmovups(Mem.at(to, at), register(v));
    }
    asm.add(to, panelStride);
    advance(shape.panelBytes(), half, next);
  }

  private void enter(Signature signature) {
    asm.align(64);
    asm.function(signature);
    Frame.enter(asm, 0);
  }

  private void sum(Gpr target, Gpr a, Mem b) {
    asm.mov(target, a);
    asm.add(target, b);
  }

  private void advance(int bytes, Gpr end, Label again) {
    asm.add(OFFSET, bytes);
    asm.cmp(OFFSET, end);
    asm.jl(again);
  }

  /**
   * Turns one row: {@code (a · cos − b · sin) · scale} and {@code (b · cos + a · sin) · scale} of
   * the two halves a and b, the first product fused.
   */
  private void turn(int at, boolean scaled) {
    Vec a = register(0);
    Vec b = register(1);
    Vec bSin = register(2);
    Vec aSin = register(3);
    Vec cos = register(4);
    asm.mov(OFFSET, 0);
    Label next = asm.label();
    asm.vmovups(a, Mem.at(ROW, OFFSET, 1, 0));
    asm.vmovups(b, Mem.at(ROW_2, OFFSET, 1, 0));
    asm.vmovups(cos, Mem.at(COSINES, OFFSET, 1, 0));
    asm.vmulps(bSin, b, Mem.at(SINES, OFFSET, 1, 0));
    asm.vmulps(aSin, a, Mem.at(SINES, OFFSET, 1, 0));
    asm.vfmsub213ps(a, cos, bSin);
    asm.vfmadd213ps(b, cos, aSin);
    if (scaled) {
      asm.vmulps(a, a, register(SCALE));
      asm.vmulps(b, b, register(SCALE));
    }
    asm.vmovups(Mem.at(TURNED, OFFSET, 1, at), a);
    asm.vmovups(Mem.at(TURNED_2, OFFSET, 1, at), b);
    advance(shape.width().bytes(), HALF, next);
  }

  private void nextRow(Gpr rowStride, Mem angleStride) {
    asm.add(ROW, rowStride);
    asm.add(ROW_2, rowStride);
    asm.add(COSINES, angleStride);
    asm.add(SINES, angleStride);
  }

  private void step(Gpr keys, Gpr left, Gpr count, int stored) {
    asm.add(keys, stored * Float.BYTES);
    asm.sub(left, stored);
    asm.sub(count, stored);
  }

  /** Stores the rows in the buffer as columns of a panel, four elements of each at a time. */
  private void storeGroup(Gpr keys, Gpr left) {
    Gpr ahead = TURNED_2;
    asm.mov(FROM, TURNED);
    asm.mov(TO, keys);
    pointAhead(ahead, left);
    eachQuad(() -> {
      asm.prefetcht0(Mem.at(TO, ahead, 1, 0));
      for (int row = 0; row < GROUP; row++) {
        asm.vmovups(Width.XMM.register(row), Mem.at(FROM, row * BUFFER_ROW));
      }
      Macros.transpose(asm);
      for (int element = 0; element < GROUP; element++) {
        Mem at = Mem.at(TO, element * shape.panelBytes());
        asm.vmovups(at, Width.XMM.register(element));
      }
    });
  }

  /**
   * Computes how far it is to the cache line of the next panel that this group prefetches with its
   * first four elements. The groups of a panel prefetch all lines of the next one: each a line
   * where it writes a quarter of one, so that it goes on by three quarters more from group to
   * group. Keys that go to a large batch's memory are stored in 0.8 of the time.
   */
  private void pointAhead(Gpr ahead, Gpr left) {
    asm.mov(OFFSET, shape.panelFloats());
    asm.sub(OFFSET, left);
    asm.shl(OFFSET, Integer.numberOfTrailingZeros(Float.BYTES));
    asm.lea(ahead, Mem.at(OFFSET, OFFSET, LINE / QUAD - 2, shape.panelBytes()));
    asm.add(ahead, Frame.stack(KEYS, "gap"));
  }

  /** Stores the first row in the buffer. Its neighbours in the panel may be another thread's. */
  private void storeKey(Gpr keys) {
    Gpr element = TURNED_2;
    asm.mov(FROM, TURNED);
    asm.mov(TO, keys);
    eachQuad(() -> {
      for (int i = 0; i < GROUP; i++) {
        asm.mov(element.dword(), Mem.at(FROM, i * Float.BYTES));
        asm.mov(Mem.at(TO, i * shape.panelBytes()), element.dword());
      }
    });
  }

  /** Points to the second half in the buffer, where there is no gap between halves. */
  private void pointToSecondHalf() {
    asm.mov(TURNED_2, TURNED);
    asm.add(TURNED_2, HALF);
  }

  /** Repeats code for four elements of the buffer's rows, all of them in turn. */
  private void eachQuad(Runnable code) {
    asm.mov(OFFSET, HALF);
    asm.shr(OFFSET, Integer.numberOfTrailingZeros(QUAD / 2));
    Label next = asm.label();
    code.run();
    asm.add(FROM, QUAD);
    asm.add(TO, GROUP * shape.panelBytes());
    asm.dec(OFFSET);
    asm.jne(next);
    pointToSecondHalf();
  }

  private Vec register(int number) {
    return shape.width().register(number);
  }
}
