package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

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
import java.util.function.IntConsumer;

/**
 * One step of the running softmax within {@link AttentionCode}: scores become weights in place,
 * maxima and lanes move on. First the maxima of all rows, then their scales side by side, then the
 * weights.
 *
 * <p>Keys are taken in groups of {@link Reduction#LANES}: those that a row sees some of, and whole
 * blocks of {@code DEPTH_BLOCK} keys at once where it can be. Where a NaN is among the scores of a
 * row, one is among its lanes, whatever its maximum is; so the order of comparisons is free.
 */
final class SoftmaxCode {
  /** Scores, and then weights: blocks of keys, in each the rows one after the other. */
  static final Gpr SCORES = Gpr.R15;

  static final Gpr LANES = Gpr.R13;
  static final Gpr MAXIMA = Gpr.R14;

  static final int BLOCK_BYTES = QUERY_BLOCK * TileCode.ROW_BYTES;

  // What lies behind the scores.
  private static final int ROWS_BYTES = 32 * Float.BYTES;
  private static final int AFTER = KEY_BLOCK / DEPTH_BLOCK * BLOCK_BYTES;
  private static final int SHIFTS = AFTER + ROWS_BYTES;

  /** What sums of rows must be multiplied with. */
  static final int SCALES = SHIFTS + ROWS_BYTES;

  private static final int FOLD = SCALES + ROWS_BYTES;

  /** Bytes of all this. */
  static final int BYTES = FOLD + Width.ZMM.bytes();

  private static final Gpr TEMP = Gpr.RAX;
  private static final Gpr TEMP_2 = Gpr.R12;
  private static final Gpr WINDOW = Gpr.RBX;
  private static final Gpr FROM = Gpr.RCX;
  private static final Gpr TO = Gpr.RDX;
  private static final Gpr KEYS = Gpr.RSI;
  private static final Gpr ROW = Gpr.RDI;
  private static final Gpr NUMBER = Gpr.R8;
  private static final Gpr KEY = Gpr.R9;
  private static final Gpr END = Gpr.R10;
  private static final Gpr AT = Gpr.R11;

  private static final int GROUP = Reduction.LANES;
  private static final int GROUP_BYTES = GROUP * Float.BYTES;

  /** From the end of a row's part of one block to that of the next. */
  private static final int TO_NEXT_BLOCK = BLOCK_BYTES - TileCode.ROW_BYTES;

  private static final int ACCUMULATORS = 4;

  private final Assembler asm;
  private final Width width;
  private final Constants constants;
  private final ExpCode exp;
  private final Label window = new Label();
  private final int groupVectors;
  private final int firstSum;
  private final Vec max;

  SoftmaxCode(Assembler asm, Width width, Constants constants) {
    this.asm = asm;
    this.width = width;
    this.constants = constants;
    groupVectors = GROUP / width.floats();
    int vectors = width == Width.ZMM ? 4 : 2;
    firstSum = ExpCode.registers(vectors);
    max = width.register(firstSum + groupVectors);
    exp = new ExpCode(asm, width, vectors, max.number() + 1, constants);
  }

  /**
   * Overwrites all registers but {@link #SCORES} and those that functions must keep.
   *
   * @param from the first key that the first row sees, any number
   * @param to the one after the last, likewise
   */
  void write(Mem rows, Mem keys, Mem from, Mem to) {
    asm.push(WINDOW);
    asm.push(TEMP_2);
    asm.lea(WINDOW, Mem.at(window));
    asm.arithmetic(Arithmetic.ADD, WINDOW, GROUP_BYTES);
    asm.mov(KEYS, keys);
    eachRow(rows, from, to, this::writeMaximum);
    for (int at = 0; at < QUERY_BLOCK * Float.BYTES; at += Width.XMM.bytes()) {
      Vec copy = Width.XMM.register(0);
      asm.emit(VectorOp.VMOVUPS_LOAD, copy, Mem.at(SCORES, AFTER + at));
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(MAXIMA, at), copy);
    }
    exp.loadConstants();
    for (int at = 0; at < ROWS_BYTES; at += exp.vectors * width.bytes()) {
      for (int v = 0; v < exp.vectors; v++) {
        Mem shift = Mem.at(SCORES, SHIFTS + at + v * width.bytes());
        asm.emit(VectorOp.VMOVUPS_LOAD, exp.value(v), shift);
      }
      exp.write(exp.vectors);
      for (int v = 0; v < exp.vectors; v++) {
        Mem scale = Mem.at(SCORES, SCALES + at + v * width.bytes());
        asm.emit(VectorOp.VMOVUPS_STORE, scale, exp.value(v));
      }
    }
    eachRow(rows, from, to, this::writeWeights);
    asm.pop(TEMP_2);
    asm.pop(WINDOW);
  }

  /** Lanes that are out, that are not, that are out: from here vectors at any distance are read. */
  void writeWindow() {
    asm.align(64);
    asm.bind(window);
    for (float lane : new float[] {-1, 1, -1}) {
      for (int i = 0; i < GROUP; i++) {
        asm.data(Float.floatToRawIntBits(lane * Float.POSITIVE_INFINITY));
      }
    }
  }

  private void eachRow(Mem rows, Mem from, Mem to, Runnable body) {
    var row = new Label();
    asm.mov(FROM, from);
    asm.mov(TO, to);
    asm.mov(ROW, SCORES);
    asm.mov(NUMBER, 0);
    asm.bind(row);
    body.run();
    asm.arithmetic(Arithmetic.ADD, FROM, 1);
    asm.arithmetic(Arithmetic.ADD, TO, 1);
    asm.arithmetic(Arithmetic.ADD, ROW, TileCode.ROW_BYTES);
    asm.arithmetic(Arithmetic.ADD, NUMBER, 1);
    asm.arithmetic(Arithmetic.CMP, NUMBER, rows);
    asm.jump(Condition.LESS, row);
  }

  /** Jumps if the row sees none of the keys. */
  private void takeKeys(Label none) {
    clamp(KEY, FROM);
    clamp(END, TO);
    asm.arithmetic(Arithmetic.CMP, KEY, END);
    asm.jump(Condition.GREATER_OR_EQUAL, none);
  }

  private void clamp(Gpr target, Gpr number) {
    var positive = new Label();
    var done = new Label();
    asm.mov(target, number);
    asm.test(target, target);
    asm.jump(Condition.GREATER_OR_EQUAL, positive);
    asm.mov(target, 0);
    asm.bind(positive);
    asm.arithmetic(Arithmetic.CMP, target, KEYS);
    asm.jump(Condition.LESS_OR_EQUAL, done);
    asm.mov(target, KEYS);
    asm.bind(done);
  }

  private void writeMaximum() {
    var none = new Label();
    var done = new Label();
    Vec before = Width.XMM.register(0);
    Vec after = Width.XMM.register(1);
    takeKeys(none);
    maskEdges();
    for (int i = 0; i < ACCUMULATORS; i++) {
      Mem nothing = constants.of(Float.NEGATIVE_INFINITY);
      asm.emit(VectorOp.VMOVUPS_LOAD, width.register(i), nothing);
    }
    eachGroup(count -> {
      for (int v = 0; v < count; v++) {
        Vec accumulator = width.register(v % ACCUMULATORS);
        asm.emit(VectorOp.VMAXPS, accumulator, accumulator, vector(v));
      }
    });
    fold();
    asm.emit(VectorOp.VBROADCASTSS, before, Mem.at(MAXIMA, NUMBER, Float.BYTES, 0));
    asm.emit(VectorOp.VMAXPS, after, before, after);
    asm.emit(VectorOp.VSUBPS, before, before, after);
    asm.jump(done);
    asm.bind(none);
    asm.emit(VectorOp.VBROADCASTSS, after, Mem.at(MAXIMA, NUMBER, Float.BYTES, 0));
    asm.emit(VectorOp.VXORPS, before, before, before);
    asm.bind(done);
    // Four of the same; the next rows overwrite what is too much.
    asm.emit(VectorOp.VMOVUPS_STORE, ofRow(AFTER), after);
    asm.emit(VectorOp.VMOVUPS_STORE, ofRow(SHIFTS), before);
  }

  private static Mem ofRow(int place) {
    return Mem.at(SCORES, NUMBER, Float.BYTES, place);
  }

  /** Scores that the row does not see, in groups of which it sees some. */
  private void maskEdges() {
    asm.arithmetic(Arithmetic.SUB, END, 1);
    mask(END, GROUP_BYTES - Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, END, GROUP);
    mask(KEY, 0);
  }

  /** Of the group that a key is in; the key becomes the first one of the group. */
  private void mask(Gpr key, int place) {
    asm.mov(TEMP, key);
    asm.arithmetic(Arithmetic.AND, TEMP, GROUP - 1);
    asm.shl(TEMP, 2);
    asm.mov(TEMP_2, WINDOW);
    asm.arithmetic(Arithmetic.SUB, TEMP_2, TEMP);
    asm.arithmetic(Arithmetic.AND, key, -GROUP);
    asm.mov(AT, key);
    asm.shr(AT, Integer.numberOfTrailingZeros(DEPTH_BLOCK));
    asm.mov(TEMP, TO_NEXT_BLOCK);
    asm.imul(AT, TEMP);
    asm.arithmetic(Arithmetic.ADD, AT, ROW);
    asm.lea(AT, Mem.at(AT, key, Float.BYTES, 0));
    for (int v = 0; v < groupVectors; v++) {
      Vec scores = width.register(0);
      asm.emit(VectorOp.VMOVUPS_LOAD, scores, vector(v));
      asm.emit(VectorOp.VMINPS, scores, scores, Mem.at(TEMP_2, place + v * width.bytes()));
      asm.emit(VectorOp.VMOVUPS_STORE, vector(v), scores);
    }
  }

  private Mem vector(int number) {
    return Mem.at(AT, number * width.bytes());
  }

  /** The vectors of all groups from {@link #KEY} to {@link #END}, at least one. */
  private void eachGroup(IntConsumer body) {
    var next = new Label();
    var single = new Label();
    var check = new Label();
    asm.bind(next);
    asm.mov(TEMP, KEY);
    asm.arithmetic(Arithmetic.AND, TEMP, DEPTH_BLOCK - 1);
    asm.jump(Condition.NOT_EQUAL, single);
    asm.mov(TEMP, END);
    asm.arithmetic(Arithmetic.SUB, TEMP, KEY);
    asm.arithmetic(Arithmetic.CMP, TEMP, DEPTH_BLOCK);
    asm.jump(Condition.LESS, single);
    body.accept(DEPTH_BLOCK / width.floats());
    asm.arithmetic(Arithmetic.ADD, AT, BLOCK_BYTES);
    asm.arithmetic(Arithmetic.ADD, KEY, DEPTH_BLOCK);
    asm.jump(check);
    asm.bind(single);
    body.accept(groupVectors);
    advance();
    asm.bind(check);
    asm.arithmetic(Arithmetic.CMP, KEY, END);
    asm.jump(Condition.LESS, next);
  }

  /** To the next group. */
  private void advance() {
    var sameBlock = new Label();
    asm.arithmetic(Arithmetic.ADD, AT, GROUP_BYTES);
    asm.arithmetic(Arithmetic.ADD, KEY, GROUP);
    asm.mov(TEMP, KEY);
    asm.arithmetic(Arithmetic.AND, TEMP, DEPTH_BLOCK - 1);
    asm.jump(Condition.NOT_EQUAL, sameBlock);
    asm.arithmetic(Arithmetic.ADD, AT, TO_NEXT_BLOCK);
    asm.bind(sameBlock);
  }

  /** The maximum of the accumulators in all lanes of {@code xmm1}. */
  private void fold() {
    for (int distance = ACCUMULATORS / 2; distance > 0; distance /= 2) {
      for (int i = 0; i < distance; i++) {
        Vec accumulator = width.register(i);
        asm.emit(VectorOp.VMAXPS, accumulator, accumulator, width.register(i + distance));
      }
    }
    asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(SCORES, FOLD), width.register(0));
    for (int i = width.ordinal() - 1; i >= 0; i--) {
      Vec half = Width.values()[i].register(0);
      asm.emit(VectorOp.VMAXPS, half, half, Mem.at(SCORES, FOLD + half.width().bytes()));
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(SCORES, FOLD), half);
    }
    Vec result = Width.XMM.register(1);
    Vec other = Width.XMM.register(2);
    asm.emit(VectorOp.VBROADCASTSS, result, Mem.at(SCORES, FOLD));
    for (int i = 1; i < Width.XMM.floats(); i++) {
      asm.emit(VectorOp.VBROADCASTSS, other, Mem.at(SCORES, FOLD + i * Float.BYTES));
      asm.emit(VectorOp.VMAXPS, result, result, other);
    }
  }

  private void writeWeights() {
    var some = new Label();
    var none = new Label();
    var weightless = new Label();
    takeKeys(none);
    asm.mov(TEMP_2, KEY);
    asm.arithmetic(Arithmetic.AND, TEMP_2, -GROUP);
    asm.arithmetic(Arithmetic.ADD, END, GROUP - 1);
    asm.arithmetic(Arithmetic.AND, END, -GROUP);
    asm.jump(some);
    asm.bind(none);
    asm.mov(TEMP_2, KEYS);
    asm.mov(END, KEYS);
    asm.bind(some);
    asm.mov(AT, ROW);
    asm.mov(KEY, 0);
    writeZerosTo(TEMP_2);
    asm.arithmetic(Arithmetic.CMP, KEY, END);
    asm.jump(Condition.GREATER_OR_EQUAL, weightless);
    writeExponentials();
    writeZerosTo(KEYS);
    asm.bind(weightless);
    asm.arithmetic(Arithmetic.ADD, LANES, GROUP_BYTES);
  }

  /** A whole group also where the keys end within it. */
  private void writeZerosTo(Gpr end) {
    var next = new Label();
    var done = new Label();
    Vec zero = exp.value(0);
    asm.arithmetic(Arithmetic.CMP, KEY, end);
    asm.jump(Condition.GREATER_OR_EQUAL, done);
    Vec low = Width.XMM.register(zero.number());
    asm.emit(VectorOp.VXORPS, low, low, low);
    asm.bind(next);
    for (int v = 0; v < groupVectors; v++) {
      asm.emit(VectorOp.VMOVUPS_STORE, vector(v), zero);
    }
    advance();
    asm.arithmetic(Arithmetic.CMP, KEY, end);
    asm.jump(Condition.LESS, next);
    asm.bind(done);
  }

  private void writeExponentials() {
    asm.emit(VectorOp.VBROADCASTSS, max, ofRow(SCALES));
    for (int v = 0; v < groupVectors; v++) {
      Vec sum = width.register(firstSum + v);
      asm.emit(VectorOp.VMOVUPS_LOAD, sum, Mem.at(LANES, v * width.bytes()));
      asm.emit(VectorOp.VMULPS, sum, sum, max);
    }
    asm.emit(VectorOp.VBROADCASTSS, max, ofRow(AFTER));
    eachGroup(count -> {
      for (int v = 0; v < count; v += exp.vectors) {
        writeExponentials(v, Math.min(exp.vectors, count - v));
      }
    });
    for (int v = 0; v < groupVectors; v++) {
      Mem lanes = Mem.at(LANES, v * width.bytes());
      asm.emit(VectorOp.VMOVUPS_STORE, lanes, width.register(firstSum + v));
    }
  }

  private void writeExponentials(int first, int count) {
    for (int v = 0; v < count; v++) {
      asm.emit(VectorOp.VMOVUPS_LOAD, exp.value(v), vector(first + v));
      asm.emit(VectorOp.VSUBPS, exp.value(v), exp.value(v), max);
    }
    exp.write(count);
    for (int v = 0; v < count; v++) {
      asm.emit(VectorOp.VMOVUPS_STORE, vector(first + v), exp.value(v));
      Vec sum = width.register(firstSum + v % groupVectors);
      asm.emit(VectorOp.VADDPS, sum, sum, exp.value(v));
    }
  }
}
