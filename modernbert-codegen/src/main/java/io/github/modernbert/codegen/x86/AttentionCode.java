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
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.Frame.Local;
import io.github.modernbert.kernels.Reduction;

/**
 * The functions of attention, generated for one shape. Numbers are passed as in {@link
 * ProductCode}, whose function {@code panels} does the products.
 *
 * <pre>{@code
 * void attend(queries, keys, values, sums, lanes, maxima,
 *             scratch, panels, height, tall, short, rows, keyCount, headDim,
 *             keyPanelStride, keyPanels, valuePanelStride, valuePanels, sumsStride, from, to)
 * void divide(sums, lanes, result, rows, sumsStride, resultStride, count)
 * }</pre>
 *
 * {@code attend} is one step of attention of a query block, see {@link
 * io.github.modernbert.kernels.BlockKernels}; {@code scratch} is memory for {@link #scratchFloats}.
 * {@code divide} divides columns, a multiple of 16, by the sums of lanes.
 */
public final class AttentionCode {
  /** Scratch memory begins at the next multiple of this. */
  private static final int ALIGNMENT = 64;

  private static final Gpr VALUES = Gpr.RBX;
  private static final Gpr SUMS = Gpr.R12;
  private static final Gpr SCORES = SoftmaxCode.SCORES;
  private static final Gpr TEMP = Gpr.RAX;

  private static final Mem SCRATCH = Frame.argument(0);
  private static final Mem PANELS = Frame.argument(1);
  private static final Mem HEIGHT = Frame.argument(2);
  private static final Mem TALL = Frame.argument(3);
  private static final Mem SHORT = Frame.argument(4);
  private static final Mem ROWS = Frame.argument(5);
  private static final Mem KEY_COUNT = Frame.argument(6);
  private static final Mem HEAD_DIM = Frame.argument(7);
  private static final Mem KEY_PANEL_STRIDE = Frame.argument(8);
  private static final Mem KEY_PANELS = Frame.argument(9);
  private static final Mem VALUE_PANEL_STRIDE = Frame.argument(10);
  private static final Mem VALUE_PANELS = Frame.argument(11);
  private static final Mem SUMS_STRIDE = Frame.argument(12);
  private static final Mem FROM = Frame.argument(13);
  private static final Mem TO = Frame.argument(14);

  /** Weighted values of the step lie behind what the softmax needs. */
  private static final int WEIGHTED = SoftmaxCode.BYTES;

  public final Label attend = new Label();
  public final Label divide = new Label();

  private final Assembler asm = new Assembler();
  private final KernelShape shape;
  private final Width width;

  public AttentionCode(KernelShape shape) {
    this.shape = shape;
    width = shape.width();
  }

  public byte[] generate() {
    var constants = new Constants();
    var softmax = new SoftmaxCode(asm, width, constants);
    writeAttend(softmax);
    writeDivide();
    softmax.writeWindow();
    constants.write(asm);
    return asm.finish();
  }

  /** The size of scratch memory for so many rows and panels of values. */
  public static int scratchFloats(KernelShape shape, int rows, int valuePanels) {
    int columns = Math.multiplyExact(valuePanels, shape.panelFloats());
    int others = (ALIGNMENT + WEIGHTED) / Float.BYTES;
    return Math.addExact(others, Math.multiplyExact(rows, columns));
  }

  private void writeAttend(SoftmaxCode softmax) {
    asm.bind(attend);
    Frame.enter(asm);
    asm.mov(VALUES, Gpr.RDX);
    asm.mov(SUMS, Gpr.RCX);
    asm.mov(SoftmaxCode.LANES, Gpr.R8);
    asm.mov(SoftmaxCode.MAXIMA, Gpr.R9);
    asm.mov(SCORES, SCRATCH);
    asm.arithmetic(Arithmetic.ADD, SCORES, ALIGNMENT - 1);
    asm.arithmetic(Arithmetic.AND, SCORES, -ALIGNMENT);
    writeScores();
    softmax.write(ROWS, KEY_COUNT, FROM, TO);
    writeWeighted();
    writeSums();
    Frame.leave(asm);
  }

  /** Blocks of keys one after the other: so weights lie where scores were. */
  private void writeScores() {
    int panels = DEPTH_BLOCK / shape.panelFloats();
    var block = new Label();
    var several = new Label();
    asm.mov(Frame.local(Local.FIRST_ROWS), Gpr.RDI);
    asm.mov(Frame.local(Local.FIRST_PANEL), Gpr.RSI);
    asm.mov(Frame.local(Local.FIRST_RESULT), SCORES);
    asm.bind(block);
    asm.mov(TEMP, KEY_PANELS);
    asm.arithmetic(Arithmetic.CMP, TEMP, panels);
    asm.jump(Condition.LESS_OR_EQUAL, several);
    asm.mov(TEMP, panels);
    asm.bind(several);
    asm.push(TEMP);
    asm.mov(Gpr.RDI, Frame.local(Local.FIRST_ROWS));
    asm.mov(Gpr.RSI, Frame.local(Local.FIRST_PANEL));
    asm.mov(Gpr.RDX, Frame.local(Local.FIRST_RESULT));
    asm.mov(Gpr.RCX, TileCode.ROW_BYTES);
    asm.mov(Gpr.R8, HEAD_DIM);
    callPanels(KEY_PANEL_STRIDE);

    asm.mov(TEMP, KEY_PANEL_STRIDE);
    for (int times = panels; times > 1; times /= 2) {
      asm.arithmetic(Arithmetic.ADD, TEMP, TEMP);
    }
    asm.arithmetic(Arithmetic.ADD, TEMP, Frame.local(Local.FIRST_PANEL));
    asm.mov(Frame.local(Local.FIRST_PANEL), TEMP);
    asm.mov(TEMP, Frame.local(Local.FIRST_RESULT));
    asm.arithmetic(Arithmetic.ADD, TEMP, SoftmaxCode.BLOCK_BYTES);
    asm.mov(Frame.local(Local.FIRST_RESULT), TEMP);
    asm.mov(TEMP, KEY_PANELS);
    asm.arithmetic(Arithmetic.SUB, TEMP, panels);
    asm.mov(KEY_PANELS, TEMP);
    asm.jump(Condition.GREATER, block);
  }

  private void writeWeighted() {
    asm.mov(TEMP, VALUE_PANELS);
    asm.push(TEMP);
    asm.mov(Gpr.RCX, shape.panelBytes());
    asm.imul(Gpr.RCX, TEMP);
    asm.mov(Gpr.RDI, SCORES);
    asm.mov(Gpr.RSI, VALUES);
    asm.lea(Gpr.RDX, Mem.at(SCORES, WEIGHTED));
    asm.mov(Gpr.R8, KEY_COUNT);
    callPanels(VALUE_PANEL_STRIDE);
  }

  /** With the number of panels on the stack already, which is empty then. */
  private void callPanels(Mem panelStride) {
    asm.mov(TEMP, panelStride);
    asm.push(TEMP);
    asm.mov(TEMP, SoftmaxCode.BLOCK_BYTES);
    asm.push(TEMP);
    asm.mov(TEMP, SHORT);
    asm.push(TEMP);
    asm.mov(TEMP, TALL);
    asm.push(TEMP);
    asm.mov(Gpr.R9, HEIGHT);
    asm.mov(TEMP, PANELS);
    asm.call(TEMP);
    asm.arithmetic(Arithmetic.ADD, Gpr.RSP, 5 * Long.BYTES);
  }

  /** {@code sums = sums · scale + weighted}. */
  private void writeSums() {
    Gpr weighted = Gpr.RAX;
    Gpr panels = Gpr.RCX;
    Gpr at = Gpr.RDX;
    Gpr number = Gpr.R8;
    Vec scale = width.register(0);
    var row = new Label();
    var panel = new Label();
    asm.lea(weighted, Mem.at(SCORES, WEIGHTED));
    asm.mov(number, 0);
    asm.bind(row);
    asm.emit(VectorOp.VBROADCASTSS, scale, Mem.at(SCORES, number, Float.BYTES, SoftmaxCode.SCALES));
    asm.mov(panels, VALUE_PANELS);
    asm.mov(at, SUMS);
    asm.bind(panel);
    for (int v = 0; v < shape.vectors(); v++) {
      Vec sum = width.register(1 + v);
      asm.emit(VectorOp.VMOVUPS_LOAD, sum, Mem.at(at, v * width.bytes()));
      asm.emit(VectorOp.VFMADD213PS, sum, scale, Mem.at(weighted, v * width.bytes()));
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(at, v * width.bytes()), sum);
    }
    asm.arithmetic(Arithmetic.ADD, at, shape.panelBytes());
    asm.arithmetic(Arithmetic.ADD, weighted, shape.panelBytes());
    asm.dec(panels);
    asm.jump(Condition.NOT_EQUAL, panel);
    asm.arithmetic(Arithmetic.ADD, SUMS, SUMS_STRIDE);
    asm.arithmetic(Arithmetic.ADD, number, 1);
    asm.arithmetic(Arithmetic.CMP, number, ROWS);
    asm.jump(Condition.LESS, row);
  }

  private void writeDivide() {
    Gpr sums = Gpr.RDI;
    Gpr lanes = Gpr.RSI;
    Gpr result = Gpr.RDX;
    Gpr rows = Gpr.RCX;
    Gpr sumsStride = Gpr.R8;
    Gpr resultStride = Gpr.R9;
    Gpr at = Gpr.RAX;
    Gpr count = Gpr.R10;
    Vec total = width.register(0);
    Vec quotient = width.register(1);
    var row = new Label();
    var group = new Label();
    asm.align(64);
    asm.bind(divide);
    asm.bind(row);
    writeTotal(lanes);
    asm.mov(count, Mem.at(Gpr.RSP, Long.BYTES));
    asm.mov(at, 0);
    asm.bind(group);
    for (int i = 0; i < Reduction.LANES; i += width.floats()) {
      asm.emit(VectorOp.VMOVUPS_LOAD, quotient, Mem.at(sums, at, Float.BYTES, i * Float.BYTES));
      asm.emit(VectorOp.VDIVPS, quotient, quotient, total);
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(result, at, Float.BYTES, i * Float.BYTES), quotient);
    }
    asm.arithmetic(Arithmetic.ADD, at, Reduction.LANES);
    asm.arithmetic(Arithmetic.CMP, at, count);
    asm.jump(Condition.LESS, group);
    asm.arithmetic(Arithmetic.ADD, lanes, Reduction.LANES * Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, sums, sumsStride);
    asm.arithmetic(Arithmetic.ADD, result, resultStride);
    asm.dec(rows);
    asm.jump(Condition.NOT_EQUAL, row);
    asm.vzeroupper();
    asm.ret();
  }

  /** The tree of {@link Reduction}, the last four by way of the stack's red zone. */
  private void writeTotal(Gpr lanes) {
    int quarter = Width.XMM.bytes();
    Vec[] quarters = new Vec[2];
    for (int i = 0; i < 2; i++) {
      quarters[i] = Width.XMM.register(i);
      asm.emit(VectorOp.VMOVUPS_LOAD, quarters[i], Mem.at(lanes, i * quarter));
      asm.emit(VectorOp.VADDPS, quarters[i], quarters[i], Mem.at(lanes, (i + 2) * quarter));
    }
    asm.emit(VectorOp.VADDPS, quarters[0], quarters[0], quarters[1]);
    asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(Gpr.RSP, -quarter), quarters[0]);
    var last = new Vec[Width.XMM.floats()];
    for (int i = 0; i < last.length; i++) {
      last[i] = width.register(i);
      asm.emit(VectorOp.VBROADCASTSS, last[i], Mem.at(Gpr.RSP, i * Float.BYTES - quarter));
    }
    asm.emit(VectorOp.VADDPS, last[0], last[0], last[2]);
    asm.emit(VectorOp.VADDPS, last[1], last[1], last[3]);
    asm.emit(VectorOp.VADDPS, last[0], last[0], last[1]);
  }
}
