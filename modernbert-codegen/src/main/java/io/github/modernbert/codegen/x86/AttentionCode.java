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
   * io.github.modernbert.kernels.AttentionStep}; {@code scratch} is memory for {@link
   * #scratchFloats}, and {@code panels} the address of {@link ProductCode#PANELS}, which does the
   * products.
   */
  public static final Signature ATTEND =
      Signature.of(
          """
          void attend(address queries, address keys, address values, address sums, address lanes,
              address maxima, address scratch, long panels, long height, long tall, long low,
              long rows, long keyCount, long headDim, long keyPanelStride, long keyPanels,
              long valuePanelStride, long valuePanels, long sumsStride, long from, long to)\
          """);

  /** Divides columns, {@code count} of them, a multiple of 16, by the sums of lanes. */
  public static final Signature DIVIDE =
      Signature.of(
          """
          void divide(address sums, address lanes, address result, long rows, long sumsStride,
              long resultStride, long count)\
          """);

  /** Words of the frame: where the products of the next block of keys begin. */
  private enum Local {
    QUERIES,
    FIRST_KEYS,
    FIRST_SCORES
  }

  /** Scratch memory begins at the next multiple of this. */
  private static final int ALIGNMENT = 64;

  private static final Gpr VALUES = Gpr.RBX;
  private static final Gpr SUMS = Gpr.R12;
  private static final Gpr SCORES = SoftmaxCode.SCORES;
  private static final Gpr TEMP = Gpr.RAX;

  private static final Mem SCRATCH = Frame.stack(ATTEND, "scratch");
  private static final Mem PANELS = Frame.stack(ATTEND, "panels");
  private static final Mem HEIGHT = Frame.stack(ATTEND, "height");
  private static final Mem TALL = Frame.stack(ATTEND, "tall");
  private static final Mem LOW = Frame.stack(ATTEND, "low");
  private static final Mem ROWS = Frame.stack(ATTEND, "rows");
  private static final Mem KEY_COUNT = Frame.stack(ATTEND, "keyCount");
  private static final Mem HEAD_DIM = Frame.stack(ATTEND, "headDim");
  private static final Mem KEY_PANEL_STRIDE = Frame.stack(ATTEND, "keyPanelStride");
  private static final Mem KEY_PANELS = Frame.stack(ATTEND, "keyPanels");
  private static final Mem VALUE_PANEL_STRIDE = Frame.stack(ATTEND, "valuePanelStride");
  private static final Mem VALUE_PANELS = Frame.stack(ATTEND, "valuePanels");
  private static final Mem SUMS_STRIDE = Frame.stack(ATTEND, "sumsStride");
  private static final Mem FROM = Frame.stack(ATTEND, "from");
  private static final Mem TO = Frame.stack(ATTEND, "to");

  /** Weighted values of the step lie behind what the softmax needs. */
  private static final int WEIGHTED = SoftmaxCode.BYTES;

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
    int others = (ALIGNMENT + WEIGHTED) / Float.BYTES;
    return Math.addExact(others, Math.multiplyExact(rows, columns));
  }

  private void writeAttend(SoftmaxCode softmax) {
    asm.function(ATTEND);
    Frame.enter(asm, Local.values());
    asm.mov(VALUES, Frame.register(ATTEND, "values"));
    asm.mov(SUMS, Frame.register(ATTEND, "sums"));
    asm.mov(SoftmaxCode.LANES, Frame.register(ATTEND, "lanes"));
    asm.mov(SoftmaxCode.MAXIMA, Frame.register(ATTEND, "maxima"));
    asm.mov(SCORES, SCRATCH);
    asm.add(SCORES, ALIGNMENT - 1);
    asm.and(SCORES, -ALIGNMENT);
    writeScores();
    softmax.write(ROWS, KEY_COUNT, FROM, TO);
    writeWeighted();
    writeSums();
    Frame.leave(asm);
  }

  /**
   * Multiplies queries with one block of keys after the other: so weights lie where scores were.
   */
  private void writeScores() {
    int panels = DEPTH_BLOCK / shape.panelFloats();
    asm.mov(Frame.word(Local.QUERIES), Frame.register(ATTEND, "queries"));
    asm.mov(Frame.word(Local.FIRST_KEYS), Frame.register(ATTEND, "keys"));
    asm.mov(Frame.word(Local.FIRST_SCORES), SCORES);
    Label block = asm.label();
    asm.mov(TEMP, KEY_PANELS);
    Macros.atMost(asm, TEMP, panels);
    asm.push(TEMP);
    asm.mov(argument("rows"), Frame.word(Local.QUERIES));
    asm.mov(argument("panels"), Frame.word(Local.FIRST_KEYS));
    asm.mov(argument("result"), Frame.word(Local.FIRST_SCORES));
    asm.mov(argument("resultStride"), ProductFunctions.ROW_BYTES);
    asm.mov(argument("depth"), HEAD_DIM);
    callPanels(KEY_PANEL_STRIDE);

    asm.mov(TEMP, KEY_PANEL_STRIDE);
    for (int times = panels; times > 1; times /= 2) {
      asm.add(TEMP, TEMP);
    }
    asm.add(TEMP, Frame.word(Local.FIRST_KEYS));
    asm.mov(Frame.word(Local.FIRST_KEYS), TEMP);
    asm.mov(TEMP, Frame.word(Local.FIRST_SCORES));
    asm.add(TEMP, SoftmaxCode.BLOCK_BYTES);
    asm.mov(Frame.word(Local.FIRST_SCORES), TEMP);
    asm.mov(TEMP, KEY_PANELS);
    asm.sub(TEMP, panels);
    asm.mov(KEY_PANELS, TEMP);
    asm.jg(block);
  }

  private void writeWeighted() {
    asm.mov(TEMP, VALUE_PANELS);
    asm.push(TEMP);
    asm.mov(argument("resultStride"), shape.panelBytes());
    asm.imul(argument("resultStride"), TEMP);
    asm.mov(argument("rows"), SCORES);
    asm.mov(argument("panels"), VALUES);
    asm.lea(argument("result"), Mem.at(SCORES, WEIGHTED));
    asm.mov(argument("depth"), KEY_COUNT);
    callPanels(VALUE_PANEL_STRIDE);
  }

  private static Gpr argument(String name) {
    return Frame.register(ProductCode.PANELS, name);
  }

  /**
   * Calls the function for several panels. The last argument, the number of panels, is on the stack
   * already; all are taken from there afterwards.
   */
  private void callPanels(Mem panelStride) {
    asm.mov(TEMP, panelStride);
    asm.push(TEMP);
    asm.mov(TEMP, SoftmaxCode.BLOCK_BYTES);
    asm.push(TEMP);
    asm.mov(TEMP, LOW);
    asm.push(TEMP);
    asm.mov(TEMP, TALL);
    asm.push(TEMP);
    asm.mov(argument("height"), HEIGHT);
    asm.mov(TEMP, PANELS);
    asm.call(TEMP);
    asm.add(Gpr.RSP, 5 * Long.BYTES);
  }

  /** {@code sums = sums · scale + weighted}. */
  private void writeSums() {
    Gpr weighted = Gpr.RAX;
    Gpr panels = Gpr.RCX;
    Gpr at = Gpr.RDX;
    Gpr number = Gpr.R8;
    Vec scale = width.register(0);
    asm.lea(weighted, Mem.at(SCORES, WEIGHTED));
    asm.mov(number, 0);
    Label row = asm.label();
    asm.vbroadcastss(scale, Mem.at(SCORES, number, Float.BYTES, SoftmaxCode.SCALES));
    asm.mov(panels, VALUE_PANELS);
    asm.mov(at, SUMS);
    Label panel = asm.label();
    for (int v = 0; v < shape.vectors(); v++) {
      Vec sum = width.register(1 + v);
      asm.vmovups(sum, Mem.at(at, v * width.bytes()));
      asm.vfmadd213ps(sum, scale, Mem.at(weighted, v * width.bytes()));
      asm.vmovups(Mem.at(at, v * width.bytes()), sum);
    }
    asm.add(at, shape.panelBytes());
    asm.add(weighted, shape.panelBytes());
    asm.dec(panels);
    asm.jne(panel);
    asm.add(SUMS, SUMS_STRIDE);
    asm.add(number, 1);
    asm.cmp(number, ROWS);
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
