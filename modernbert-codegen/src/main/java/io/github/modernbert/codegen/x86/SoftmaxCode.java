package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.spec.ProductFunctions.ROW_BYTES;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.kernels.Reduction;
import java.util.function.IntConsumer;

/**
 * One step of the running softmax within {@link AttentionCode}: scores become weights in place,
 * maxima and sums of lanes are brought up to date. First the maxima of all rows, then their scales
 * side by side, then the weights.
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

  static final int BLOCK_BYTES = QUERY_BLOCK * ROW_BYTES;

  // Memory behind the scores.
  private static final int ROWS_BYTES = 32 * Float.BYTES;
  private static final int AFTER = KEY_BLOCK / DEPTH_BLOCK * BLOCK_BYTES;
  private static final int SHIFTS = AFTER + ROWS_BYTES;

  /** The place of the factors that sums of rows are multiplied with. */
  static final int SCALES = SHIFTS + ROWS_BYTES;

  private static final int FOLD = SCALES + ROWS_BYTES;

  /** Bytes of scores and all that lies behind them. */
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

  /** Bytes from the end of a row's part of one block to the beginning of that of the next. */
  private static final int TO_NEXT_BLOCK = BLOCK_BYTES - ROW_BYTES;

  private static final int ACCUMULATORS = 4;

  private final X86Assembler asm;
  private final Width width;
  private final ExpCode exp;
  private final Label window = new Label();
  private final int groupVectors;
  private final int firstSum;
  private final Vec max;

  SoftmaxCode(X86Assembler asm, Width width) {
    this.asm = asm;
    this.width = width;
    groupVectors = GROUP / width.floats();
    int vectors = width == Width.ZMM ? 4 : 2;
    firstSum = ExpCode.registers(vectors);
    max = width.register(firstSum + groupVectors);
    exp = new ExpCode(asm, width, vectors, max.number() + 1);
  }

  /**
   * Writes the step. It overwrites all registers but {@link #SCORES} and those that functions must
   * keep.
   *
   * @param from the first key that the first row sees, which may lie outside of the block
   * @param to the key after the last one, which may lie outside of the block
   */
  void write(Mem rows, Mem keys, Mem from, Mem to) {
    asm.push(WINDOW);
    asm.push(TEMP_2);
    asm.lea(WINDOW, Mem.at(window));
    asm.add(WINDOW, GROUP_BYTES);
    asm.mov(KEYS, keys);
    eachRow(rows, from, to, this::writeMaximum);
    for (int at = 0; at < QUERY_BLOCK * Float.BYTES; at += Width.XMM.bytes()) {
      Vec copy = Width.XMM.register(0);
      asm.vmovups(copy, Mem.at(SCORES, AFTER + at));
      asm.vmovups(Mem.at(MAXIMA, at), copy);
    }
    exp.loadConstants();
    int vectors = Math.min(exp.vectors, ROWS_BYTES / width.bytes());
    for (int at = 0; at < ROWS_BYTES; at += vectors * width.bytes()) {
      for (int v = 0; v < vectors; v++) {
        Mem shift = Mem.at(SCORES, SHIFTS + at + v * width.bytes());
        asm.vmovups(exp.value(v), shift);
      }
      exp.write(vectors);
      for (int v = 0; v < vectors; v++) {
        Mem scale = Mem.at(SCORES, SCALES + at + v * width.bytes());
        asm.vmovups(scale, exp.value(v));
      }
    }
    eachRow(rows, from, to, this::writeWeights);
    asm.pop(TEMP_2);
    asm.pop(WINDOW);
  }

  /**
   * Writes a group of −∞, one of ∞ and one of −∞. A vector that is read across a border masks the
   * scores on one side of it, as the minimum with it.
   */
  void writeWindow() {
    asm.align(64);
    asm.bind(window);
    for (float lane : new float[] {-1, 1, -1}) {
      asm.data(Float.floatToRawIntBits(lane * Float.POSITIVE_INFINITY), GROUP);
    }
  }

  private void eachRow(Mem rows, Mem from, Mem to, Runnable body) {
    asm.mov(FROM, from);
    asm.mov(TO, to);
    asm.mov(ROW, SCORES);
    asm.mov(NUMBER, 0);
    Label row = asm.label();
    body.run();
    asm.add(FROM, 1);
    asm.add(TO, 1);
    asm.add(ROW, ROW_BYTES);
    asm.add(NUMBER, 1);
    asm.cmp(NUMBER, rows);
    asm.jl(row);
  }

  /** Computes which keys the row sees, and jumps if it sees none. */
  private void takeKeys(Label none) {
    clamp(KEY, FROM);
    clamp(END, TO);
    asm.cmp(KEY, END);
    asm.jge(none);
  }

  private void clamp(Gpr target, Gpr number) {
    var positive = new Label();
    var done = new Label();
    asm.mov(target, number);
    asm.test(target, target);
    asm.jge(positive);
    asm.mov(target, 0);
    asm.bind(positive);
    asm.cmp(target, KEYS);
    asm.jle(done);
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
      Mem nothing = asm.constant(Float.NEGATIVE_INFINITY);
      asm.vmovups(width.register(i), nothing);
    }
    eachGroup(count -> {
      for (int v = 0; v < count; v++) {
        Vec accumulator = width.register(v % ACCUMULATORS);
        asm.vmaxps(accumulator, accumulator, vector(v));
      }
    });
    fold();
    asm.vbroadcastss(before, Mem.at(MAXIMA, NUMBER, Float.BYTES, 0));
    asm.vmaxps(after, before, after);
    asm.vsubps(before, before, after);
    asm.jmp(done);
    asm.bind(none);
    asm.vbroadcastss(after, Mem.at(MAXIMA, NUMBER, Float.BYTES, 0));
    asm.vxorps(before, before, before);
    asm.bind(done);
    // Four lanes are stored; the next rows overwrite three of them.
    asm.vmovups(ofRow(AFTER), after);
    asm.vmovups(ofRow(SHIFTS), before);
  }

  private static Mem ofRow(int place) {
    return Mem.at(SCORES, NUMBER, Float.BYTES, place);
  }

  /** Masks scores that the row does not see, in groups of which it sees some. */
  private void maskEdges() {
    asm.sub(END, 1);
    mask(END, GROUP_BYTES - Float.BYTES);
    asm.add(END, GROUP);
    mask(KEY, 0);
  }

  /** Masks scores of the group that a key is in; the key becomes the first one of the group. */
  private void mask(Gpr key, int place) {
    asm.mov(TEMP, key);
    asm.and(TEMP, GROUP - 1);
    asm.shl(TEMP, 2);
    asm.mov(TEMP_2, WINDOW);
    asm.sub(TEMP_2, TEMP);
    asm.and(key, -GROUP);
    asm.mov(AT, key);
    asm.shr(AT, Integer.numberOfTrailingZeros(DEPTH_BLOCK));
    asm.mov(TEMP, TO_NEXT_BLOCK);
    asm.imul(AT, TEMP);
    asm.add(AT, ROW);
    asm.lea(AT, Mem.at(AT, key, Float.BYTES, 0));
    for (int v = 0; v < groupVectors; v++) {
      Vec scores = width.register(0);
      asm.vmovups(scores, vector(v));
      asm.vminps(scores, scores, Mem.at(TEMP_2, place + v * width.bytes()));
      asm.vmovups(vector(v), scores);
    }
  }

  private Mem vector(int number) {
    return Mem.at(AT, number * width.bytes());
  }

  /** Repeats code for the vectors of all groups from {@link #KEY} to {@link #END}, at least one. */
  private void eachGroup(IntConsumer body) {
    var single = new Label();
    var check = new Label();
    Label next = asm.label();
    asm.mov(TEMP, KEY);
    asm.and(TEMP, DEPTH_BLOCK - 1);
    asm.jne(single);
    asm.mov(TEMP, END);
    asm.sub(TEMP, KEY);
    asm.cmp(TEMP, DEPTH_BLOCK);
    asm.jl(single);
    body.accept(DEPTH_BLOCK / width.floats());
    asm.add(AT, BLOCK_BYTES);
    asm.add(KEY, DEPTH_BLOCK);
    asm.jmp(check);
    asm.bind(single);
    body.accept(groupVectors);
    advance();
    asm.bind(check);
    asm.cmp(KEY, END);
    asm.jl(next);
  }

  /** Moves on to the next group. */
  private void advance() {
    var sameBlock = new Label();
    asm.add(AT, GROUP_BYTES);
    asm.add(KEY, GROUP);
    asm.mov(TEMP, KEY);
    asm.and(TEMP, DEPTH_BLOCK - 1);
    asm.jne(sameBlock);
    asm.add(AT, TO_NEXT_BLOCK);
    asm.bind(sameBlock);
  }

  /** Computes the maximum of the accumulators, in all lanes of {@code xmm1}. */
  private void fold() {
    for (int distance = ACCUMULATORS / 2; distance > 0; distance /= 2) {
      for (int i = 0; i < distance; i++) {
        Vec accumulator = width.register(i);
        asm.vmaxps(accumulator, accumulator, width.register(i + distance));
      }
    }
    asm.vmovups(Mem.at(SCORES, FOLD), width.register(0));
    for (int i = width.ordinal() - 1; i >= 0; i--) {
      Vec half = Width.values()[i].register(0);
      asm.vmaxps(half, half, Mem.at(SCORES, FOLD + half.width().bytes()));
      asm.vmovups(Mem.at(SCORES, FOLD), half);
    }
    Vec result = Width.XMM.register(1);
    Vec other = Width.XMM.register(2);
    asm.vbroadcastss(result, Mem.at(SCORES, FOLD));
    for (int i = 1; i < Width.XMM.floats(); i++) {
      asm.vbroadcastss(other, Mem.at(SCORES, FOLD + i * Float.BYTES));
      asm.vmaxps(result, result, other);
    }
  }

  private void writeWeights() {
    var some = new Label();
    var none = new Label();
    var weightless = new Label();
    takeKeys(none);
    asm.mov(TEMP_2, KEY);
    asm.and(TEMP_2, -GROUP);
    asm.add(END, GROUP - 1);
    asm.and(END, -GROUP);
    asm.jmp(some);
    asm.bind(none);
    asm.mov(TEMP_2, KEYS);
    asm.mov(END, KEYS);
    asm.bind(some);
    asm.mov(AT, ROW);
    asm.mov(KEY, 0);
    writeZerosTo(TEMP_2);
    asm.cmp(KEY, END);
    asm.jge(weightless);
    writeExponentials();
    writeZerosTo(KEYS);
    asm.bind(weightless);
    asm.add(LANES, GROUP_BYTES);
  }

  /** Writes weights of 0 up to a key: a whole group also where the keys end within it. */
  private void writeZerosTo(Gpr end) {
    var done = new Label();
    Vec zero = exp.value(0);
    asm.cmp(KEY, end);
    asm.jge(done);
    Vec low = Width.XMM.register(zero.number());
    asm.vxorps(low, low, low);
    Label next = asm.label();
    for (int v = 0; v < groupVectors; v++) {
      asm.vmovups(vector(v), zero);
    }
    advance();
    asm.cmp(KEY, end);
    asm.jl(next);
    asm.bind(done);
  }

  private void writeExponentials() {
    asm.vbroadcastss(max, ofRow(SCALES));
    for (int v = 0; v < groupVectors; v++) {
      Vec sum = width.register(firstSum + v);
      asm.vmovups(sum, Mem.at(LANES, v * width.bytes()));
      asm.vmulps(sum, sum, max);
    }
    asm.vbroadcastss(max, ofRow(AFTER));
    eachGroup(count -> {
      for (int v = 0; v < count; v += exp.vectors) {
        writeExponentials(v, Math.min(exp.vectors, count - v));
      }
    });
    for (int v = 0; v < groupVectors; v++) {
      Mem lanes = Mem.at(LANES, v * width.bytes());
      asm.vmovups(lanes, width.register(firstSum + v));
    }
  }

  private void writeExponentials(int first, int count) {
    for (int v = 0; v < count; v++) {
      asm.vmovups(exp.value(v), vector(first + v));
      asm.vsubps(exp.value(v), exp.value(v), max);
    }
    exp.write(count);
    for (int v = 0; v < count; v++) {
      asm.vmovups(vector(first + v), exp.value(v));
      Vec sum = width.register(firstSum + v % groupVectors);
      asm.vaddps(sum, sum, exp.value(v));
    }
  }
}
