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
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.kernels.Reduction;

/**
 * Generates the functions of attention for one shape. Numbers are passed as in {@link
 * ProductFunctions}.
 */
public final class AttentionCode {
  /**
   * Does one step of attention of a query block, see {@link
   * io.github.modernbert.kernels.AttentionStep}; {@code groups} are those of {@link #groups},
   * {@code scratch} is memory for {@link #scratchFloats}, and {@code panels} the address of {@link
   * ProductCode#PANELS}, which does the products.
   */
  public static final Signature ATTEND =
      Signature.of(
          """
          void attend(address queries, address keys, address values, address sums, address lanes,
              address maxima, address scratch, address groups, long groupCount, long panels,
              long rows, long keyCount, long headDim, long keyPanelStride,
              long valuePanelStride, long valuePanels, long sumsStride, long from, long to)\
          """);

  /** Divides columns, {@code count} of them, a multiple of 16, by the sums of lanes. */
  public static final Signature DIVIDE =
      Signature.of(
          """
          void divide(address sums, address lanes, address result, long rows, long sumsStride,
              long resultStride, long count)\
          """);

  /** Words of the frame; the first ones are those of a group of rows. */
  private enum Local {
    /** The first row, and the one after the last. */
    ROW,
    END_ROW,
    /** Their tiles, as for {@link ProductFunctions}. */
    HEIGHT,
    TALL,
    LOW,
    /** The panels of keys that the rows are multiplied with; those that are done are left out. */
    PANEL,
    END_PANEL,
    /** The keys whose values are multiplied with weights. */
    FIRST,
    END,
    /** See {@link ProductCode#PANELS}. */
    PREFETCHED,
    NEXT_GROUP,
    GROUPS_LEFT,
    QUERIES,
    FIRST_KEYS
  }

  /** Numbers that describe a group. */
  public static final int GROUP_WORDS = Local.PREFETCHED.ordinal() + 1;

  /** Scratch memory begins at the next multiple of this. */
  private static final int ALIGNMENT = 64;

  /** Keys are left out by multiples of this: steps of products that are written out. */
  private static final int KEY_UNIT = 4;

  private static final Gpr VALUES = Gpr.RBX;
  private static final Gpr SUMS = Gpr.R12;
  private static final Gpr SCORES = SoftmaxCode.SCORES;
  private static final Gpr TEMP = Gpr.RAX;

  private static final Mem SCRATCH = Frame.stack(ATTEND, "scratch");
  private static final Mem PANELS = Frame.stack(ATTEND, "panels");
  private static final Mem ROWS = Frame.stack(ATTEND, "rows");
  private static final Mem KEY_COUNT = Frame.stack(ATTEND, "keyCount");
  private static final Mem HEAD_DIM = Frame.stack(ATTEND, "headDim");
  private static final Mem KEY_PANEL_STRIDE = Frame.stack(ATTEND, "keyPanelStride");
  private static final Mem VALUE_PANEL_STRIDE = Frame.stack(ATTEND, "valuePanelStride");
  private static final Mem VALUE_PANELS = Frame.stack(ATTEND, "valuePanels");
  private static final Mem SUMS_STRIDE = Frame.stack(ATTEND, "sumsStride");
  private static final Mem FROM = Frame.stack(ATTEND, "from");
  private static final Mem TO = Frame.stack(ATTEND, "to");

  /** Behind what the softmax needs lies what keys that are left out add to weighted values. */
  private static final int LEFT_OUT = SoftmaxCode.BYTES;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Width width;

  public AttentionCode(X86Assembler asm, KernelShape shape) {
    this.asm = asm;
    this.shape = shape;
    width = shape.width();
  }

  /** Writes both functions. */
  public void write() {
    var softmax = new SoftmaxCode(asm, width);
    writeAttend(softmax);
    writeDivide();
    softmax.writeWindow();
  }

  /** The floats of scratch memory for some rows and panels of values. */
  public static int scratchFloats(KernelShape shape, int rows, int valuePanels) {
    int columns = Math.multiplyExact(valuePanels, shape.panelFloats());
    int others = (ALIGNMENT + LEFT_OUT) / Float.BYTES;
    return Math.addExact(others, Math.multiplyExact(rows + 1, columns));
  }

  /**
   * Describes the groups of rows whose products are done together: all rows where each sees all
   * keys, otherwise each tile alone, with the keys that some of its rows see.
   *
   * @param height of tall tiles, {@code tall} of them and {@code low} of a row less
   * @param from see {@link io.github.modernbert.kernels.AttentionStep}, as is {@code to}
   * @param groups receives {@link #GROUP_WORDS} for each group
   * @return how many groups there are
   */
  public static int groups(
      KernelShape shape,
      long height,
      long tall,
      long low,
      int keyCount,
      long from,
      long to,
      long[] groups) {
    int width = shape.panelFloats();
    long rows = tall * height + low * (height - 1);
    boolean all = from + rows <= 1 && to >= keyCount;
    int number = 0;
    for (long row = 0, next; row < rows; row = next, number++) {
      next = all ? rows : row + (number < tall ? height : height - 1);
      long first = Math.max(0, from + row);
      long end = Math.min(keyCount, to + next - 1);
      if (first >= end) {
        // No key is seen: all have the weight 0.
        first = 0;
        end = keyCount;
      }
      // Values are left out in the first block and in the last one, by whole steps of tiles.
      long firstValue = first / KEY_UNIT * KEY_UNIT;
      long endValue = Math.min(keyCount, Math.ceilDiv(end, KEY_UNIT) * KEY_UNIT);
      boolean inLast = (endValue - 1) / DEPTH_BLOCK == (keyCount - 1) / DEPTH_BLOCK;
      long[] group = {
        row,
        next,
        all ? height : next - row,
        all ? tall : 1,
        all ? low : 0,
        first / width,
        Math.ceilDiv(end, width),
        firstValue < DEPTH_BLOCK ? firstValue : 0,
        inLast ? endValue : keyCount,
        // A tile alone comes half through the next block: the first does one half, others the
        // other.
        row == 0 ? 0 : shape.blockBytes() / 2
      };
      System.arraycopy(group, 0, groups, number * GROUP_WORDS, GROUP_WORDS);
    }
    return number;
  }

  private void writeAttend(SoftmaxCode softmax) {
    asm.function(ATTEND);
    Frame.enter(asm, Local.values());
    move(Frame.register(ATTEND, "queries"), Local.QUERIES);
    move(Frame.register(ATTEND, "keys"), Local.FIRST_KEYS);
    asm.mov(VALUES, Frame.register(ATTEND, "values"));
    asm.mov(SUMS, Frame.register(ATTEND, "sums"));
    asm.mov(SoftmaxCode.LANES, Frame.register(ATTEND, "lanes"));
    asm.mov(SoftmaxCode.MAXIMA, Frame.register(ATTEND, "maxima"));
    asm.mov(SCORES, SCRATCH);
    asm.add(SCORES, ALIGNMENT - 1);
    asm.and(SCORES, -ALIGNMENT);
    eachGroup(this::writeScores);
    softmax.write(ROWS, KEY_COUNT, FROM, TO);
    eachGroup(() -> {
      writeLeftOut();
      writeWeighted();
      writeSums();
    });
    Frame.leave(asm);
  }

  private void move(Gpr from, Local to) {
    asm.mov(Frame.word(to), from);
  }

  /** Repeats code for each group, whose words are copied to the frame. */
  private void eachGroup(Runnable body) {
    Gpr group = Gpr.RCX;
    Macros.copy(asm, Frame.stack(ATTEND, "groups"), Frame.word(Local.NEXT_GROUP), TEMP);
    Macros.copy(asm, Frame.stack(ATTEND, "groupCount"), Frame.word(Local.GROUPS_LEFT), TEMP);
    Label next = asm.label();
    asm.mov(group, Frame.word(Local.NEXT_GROUP));
    for (int word = 0; word < GROUP_WORDS; word++) {
      Mem from = Mem.at(group, word * Long.BYTES);
      Macros.copy(asm, from, Frame.word(Local.values()[word]), TEMP);
    }
    asm.add(group, GROUP_WORDS * Long.BYTES);
    move(group, Local.NEXT_GROUP);
    body.run();
    Macros.countDown(asm, Frame.word(Local.GROUPS_LEFT), TEMP);
    asm.jne(next);
  }

  /**
   * Multiplies queries with one block of keys after the other: so weights lie where scores were.
   */
  private void writeScores() {
    int inBlock = DEPTH_BLOCK / shape.panelFloats();
    int panelBits = Integer.numberOfTrailingZeros(shape.panelFloats());
    int blockBits = Integer.numberOfTrailingZeros(DEPTH_BLOCK);
    Gpr panel = Gpr.RCX;
    Gpr count = Gpr.RDX;
    Gpr scores = Gpr.R10;
    Gpr at = Gpr.R11;
    Label block = asm.label();
    asm.mov(panel, Frame.word(Local.PANEL));
    // The rest of the block, or of the panels.
    asm.mov(TEMP, panel);
    asm.and(TEMP, -inBlock);
    asm.add(TEMP, inBlock);
    Macros.atMost(asm, TEMP, Frame.word(Local.END_PANEL));
    move(TEMP, Local.PANEL);
    asm.sub(TEMP, panel);
    asm.mov(count, TEMP);

    // Scores lie in blocks of keys, in each the rows one after the other.
    asm.mov(TEMP, panel);
    asm.shl(TEMP, panelBits);
    asm.mov(scores, TEMP);
    asm.shr(scores, blockBits);
    asm.mov(at, SoftmaxCode.BLOCK_BYTES);
    asm.imul(scores, at);
    asm.and(TEMP, DEPTH_BLOCK - 1);
    asm.lea(scores, Mem.at(scores, TEMP, Float.BYTES, 0));
    asm.add(scores, SCORES);
    asm.mov(at, Frame.word(Local.ROW));
    asm.shl(at, Integer.numberOfTrailingZeros(ProductFunctions.ROW_BYTES));
    asm.add(scores, at);
    asm.mov(argument("rows"), Frame.word(Local.QUERIES));
    asm.add(argument("rows"), at);
    asm.mov(at, KEY_PANEL_STRIDE);
    asm.imul(at, panel);
    asm.mov(argument("panels"), Frame.word(Local.FIRST_KEYS));
    asm.add(argument("panels"), at);
    push(Frame.word(Local.PREFETCHED));
    asm.mov(TEMP, 0);
    asm.push(TEMP);
    asm.push(count);
    asm.mov(argument("result"), scores);
    asm.mov(argument("resultStride"), ProductFunctions.ROW_BYTES);
    asm.mov(argument("depth"), HEAD_DIM);
    callPanels(KEY_PANEL_STRIDE);
    asm.mov(TEMP, Frame.word(Local.PANEL));
    asm.cmp(TEMP, Frame.word(Local.END_PANEL));
    asm.jl(block);
  }

  /**
   * Computes what keys that are left out, with weights of 0, would change: sums of NaN where a
   * value is infinite or NaN; otherwise 0, of the sign by which a sum of −0 keeps it or not. Those
   * in front of the others would change no sign, since sums begin with +0.
   */
  private void writeLeftOut() {
    Gpr panel = Gpr.RDX;
    Gpr left = Gpr.RCX;
    Gpr at = Gpr.RSI;
    Gpr target = Gpr.RDI;
    asm.mov(panel, VALUES);
    asm.mov(left, VALUE_PANELS);
    asm.lea(target, Mem.at(SCORES, LEFT_OUT));
    Macros.clear(asm, width.register(0));
    Label each = asm.label();
    for (int v = 0; v < shape.vectors(); v++) {
      asm.vmovups(width.register(1 + v), asm.constantBits(ProductFunctions.NEGATIVE_ZERO));
    }
    asm.mov(at, panel);
    asm.mov(TEMP, Frame.word(Local.FIRST));
    addValues(at);
    for (int v = 0; v < shape.vectors(); v++) {
      Vec sum = width.register(1 + v);
      asm.vorps(sum, sum, asm.constantBits(ProductFunctions.NEGATIVE_ZERO));
    }
    asm.mov(at, Frame.word(Local.END));
    asm.mov(TEMP, KEY_COUNT);
    asm.sub(TEMP, at);
    asm.shl(at, Integer.numberOfTrailingZeros(shape.panelBytes()));
    asm.add(at, panel);
    addValues(at);
    for (int v = 0; v < shape.vectors(); v++) {
      asm.vmovups(Mem.at(target, v * width.bytes()), width.register(1 + v));
    }
    asm.add(target, shape.panelBytes());
    asm.add(panel, VALUE_PANEL_STRIDE);
    asm.dec(left);
    asm.jne(each);
  }

  /** Adds 0 times the values of so many keys as {@link #TEMP} says. */
  private void addValues(Gpr at) {
    var done = new Label();
    asm.test(TEMP, TEMP);
    asm.je(done);
    Label key = asm.label();
    for (int v = 0; v < shape.vectors(); v++) {
      Mem values = Mem.at(at, v * width.bytes());
      asm.vfmadd231ps(width.register(1 + v), width.register(0), values);
    }
    asm.add(at, shape.panelBytes());
    asm.dec(TEMP);
    asm.jne(key);
    asm.bind(done);
  }

  private void writeWeighted() {
    push(Frame.word(Local.PREFETCHED));
    push(Frame.word(Local.FIRST));
    push(VALUE_PANELS);
    asm.mov(argument("resultStride"), shape.panelBytes());
    asm.imul(argument("resultStride"), TEMP);
    asm.mov(argument("rows"), Frame.word(Local.ROW));
    asm.shl(argument("rows"), Integer.numberOfTrailingZeros(ProductFunctions.ROW_BYTES));
    asm.add(argument("rows"), SCORES);
    asm.mov(argument("panels"), VALUES);
    writeWeightedAddress(argument("result"));
    asm.mov(argument("depth"), Frame.word(Local.END));
    callPanels(VALUE_PANEL_STRIDE);
  }

  /** Computes where the weighted values of the group lie: behind what is left out, one row. */
  private void writeWeightedAddress(Gpr target) {
    asm.mov(target, VALUE_PANELS);
    asm.shl(target, Integer.numberOfTrailingZeros(shape.panelBytes()));
    asm.lea(target, Mem.at(SCORES, target, 1, LEFT_OUT));
  }

  private void push(Mem word) {
    asm.mov(TEMP, word);
    asm.push(TEMP);
  }

  private static Gpr argument(String name) {
    return Frame.register(ProductCode.PANELS, name);
  }

  /**
   * Calls the function for several panels. The last arguments, the number of panels and what
   * follows it, are on the stack already; all are taken from there afterwards.
   */
  private void callPanels(Mem panelStride) {
    push(panelStride);
    asm.mov(TEMP, SoftmaxCode.BLOCK_BYTES);
    asm.push(TEMP);
    push(Frame.word(Local.LOW));
    push(Frame.word(Local.TALL));
    asm.mov(argument("height"), Frame.word(Local.HEIGHT));
    asm.mov(TEMP, PANELS);
    asm.call(TEMP);
    asm.add(Gpr.RSP, 7 * Long.BYTES);
  }

  /** {@code sums = sums · scale + (weighted + left out)} for the rows of the group. */
  private void writeSums() {
    Gpr weighted = Gpr.RAX;
    Gpr panels = Gpr.RCX;
    Gpr at = Gpr.RDX;
    Gpr leftOut = Gpr.RSI;
    Gpr number = Gpr.R8;
    Vec scale = width.register(0);
    writeWeightedAddress(weighted);
    asm.mov(number, Frame.word(Local.ROW));
    Label row = asm.label();
    asm.vbroadcastss(scale, Mem.at(SCORES, number, Float.BYTES, SoftmaxCode.SCALES));
    asm.mov(panels, VALUE_PANELS);
    asm.mov(at, SUMS);
    asm.lea(leftOut, Mem.at(SCORES, LEFT_OUT));
    Label panel = asm.label();
    for (int v = 0; v < shape.vectors(); v++) {
      Vec sum = width.register(1 + v);
      Vec step = width.register(1 + shape.vectors() + v);
      asm.vmovups(step, Mem.at(weighted, v * width.bytes()));
      asm.vaddps(step, step, Mem.at(leftOut, v * width.bytes()));
      asm.vmovups(sum, Mem.at(at, v * width.bytes()));
      asm.vfmadd213ps(sum, scale, step);
      asm.vmovups(Mem.at(at, v * width.bytes()), sum);
    }
    asm.add(at, shape.panelBytes());
    asm.add(weighted, shape.panelBytes());
    asm.add(leftOut, shape.panelBytes());
    asm.dec(panels);
    asm.jne(panel);
    asm.add(SUMS, SUMS_STRIDE);
    asm.add(number, 1);
    asm.cmp(number, Frame.word(Local.END_ROW));
    asm.jl(row);
  }

  private void writeDivide() {
    Gpr sums = Frame.register(DIVIDE, "sums");
    Gpr lanes = Frame.register(DIVIDE, "lanes");
    Gpr result = Frame.register(DIVIDE, "result");
    Gpr rows = Frame.register(DIVIDE, "rows");
    Gpr at = Gpr.RAX;
    Gpr count = Gpr.R10;
    Vec total = width.register(0);
    Vec quotient = width.register(1);
    asm.align(64);
    asm.function(DIVIDE);
    Label row = asm.label();
    writeTotal(lanes);
    asm.mov(count, Frame.stackWithoutFrame(DIVIDE, "count"));
    asm.mov(at, 0);
    Label group = asm.label();
    for (int i = 0; i < Reduction.LANES; i += width.floats()) {
      asm.vmovups(quotient, Mem.at(sums, at, Float.BYTES, i * Float.BYTES));
      asm.vdivps(quotient, quotient, total);
      asm.vmovups(Mem.at(result, at, Float.BYTES, i * Float.BYTES), quotient);
    }
    asm.add(at, Reduction.LANES);
    asm.cmp(at, count);
    asm.jl(group);
    asm.add(lanes, Reduction.LANES * Float.BYTES);
    asm.add(sums, Frame.register(DIVIDE, "sumsStride"));
    asm.add(result, Frame.register(DIVIDE, "resultStride"));
    asm.dec(rows);
    asm.jne(row);
    asm.vzeroupper();
    asm.ret();
  }

  /**
   * Sums up the lanes of a row pairwise, see {@link Reduction}; the last four go by way of the
   * stack's red zone.
   */
  private void writeTotal(Gpr lanes) {
    int quarter = Width.XMM.bytes();
    Vec[] quarters = new Vec[2];
    for (int i = 0; i < 2; i++) {
      quarters[i] = Width.XMM.register(i);
      asm.vmovups(quarters[i], Mem.at(lanes, i * quarter));
      asm.vaddps(quarters[i], quarters[i], Mem.at(lanes, (i + 2) * quarter));
    }
    asm.vaddps(quarters[0], quarters[0], quarters[1]);
    asm.vmovups(Mem.at(Gpr.RSP, -quarter), quarters[0]);
    var last = new Vec[Width.XMM.floats()];
    for (int i = 0; i < last.length; i++) {
      last[i] = width.register(i);
      asm.vbroadcastss(last[i], Mem.at(Gpr.RSP, i * Float.BYTES - quarter));
    }
    asm.vaddps(last[0], last[0], last[2]);
    asm.vaddps(last[1], last[1], last[3]);
    asm.vaddps(last[0], last[0], last[1]);
  }
}
