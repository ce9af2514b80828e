package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;
import static io.github.modernbert.kernels.Kernels.KEY_BLOCK;
import static io.github.modernbert.kernels.Kernels.QUERY_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.kernels.Int8Panels;

/**
 * Generates the step of attention whose products are of 8-bit integers; see "Attention" in {@link
 * io.github.modernbert.kernels.Quantization}. It calls the code of products, and that which makes
 * integers of rows, for the weights of the softmax.
 */
public final class Int8AttentionCode {
  /**
   * Does one step of attention of a query block.
   *
   * <p>Queries, their scales and offsets, and the number of second rows are what {@link
   * QuantizeCode} makes, with {@link #ROWS_STRIDE} rows from one block of columns to the next. Keys
   * are {@code keyPanels} panels one after the other, of {@code headDim} elements, a multiple of a
   * block; values are {@code valuePanels} panels, of which {@code keyDepth} keys are read: {@code
   * keyCount}, filled up to a multiple of a block. {@code scratch} is aligned memory for {@link
   * #scratchBytes}; {@code product} and {@code quantize} are the addresses of {@link
   * Int8Code#PRODUCT} and {@link QuantizeCode#QUANTIZE}, and {@code limit} is that of rows of
   * {@code keyCount}.
   */
  public static final Signature ATTEND =
      Signature.of(
          """
          void attendInt8(address queries, address queryScales, address queryOffsets,
              address keys, address keyScales, address keyShifts, address values,
              address valueScales, address sums, address lanes, address maxima, address scratch,
              long product, long quantize, long rows, long fineQueries, long keyPanels,
              long keyCount, long keyDepth, long headDim, long valuePanels,
              long valuePanelStride, long sumsStride, long limit, long from, long to)\
          """);

  /** Rows of integers from one block of columns to the next: with second rows, and a whole tile. */
  public static final int ROWS_STRIDE = 2 * QUERY_BLOCK + AmxCode.ROWS;

  private static final int ALIGNMENT = 64;

  /** Scratch memory, from {@link SoftmaxCode#SCORES} on. */
  private static final int EXTRAS = aligned(SoftmaxCode.BYTES);

  private static final int SCALES = EXTRAS + (1 + QUERY_BLOCK) * 2 * Width.ZMM.bytes();
  private static final int OFFSETS = SCALES + aligned(2 * QUERY_BLOCK * Float.BYTES);
  private static final int AMX_SUMS = OFFSETS + aligned(3 * QUERY_BLOCK * Long.BYTES);
  private static final int INTEGERS = AMX_SUMS + AmxCode.SUMS_BYTES;

  /** Sums that are computed side by side, since each instruction waits for the one before. */
  private static final int CHAINS = 4;

  /** Bytes of 128. */
  private static final int SIGNS = 0x80808080;

  /** Words of the frame. */
  private enum Local {
    QUERIES,
    QUERY_SCALES,
    QUERY_OFFSETS,
    KEYS,
    KEY_SCALES,
    KEY_SHIFTS,
    /** Second rows of weights. */
    FINE,
    /** The panel of values, its shifts and the sums of its columns; they move on. */
    VALUES,
    SHIFTS,
    SUMS,
    PANELS_LEFT
  }

  private static final Gpr SCORES = SoftmaxCode.SCORES;
  private static final Gpr TEMP = Calls.RESULT;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Width width;
  private final Int8Instructions instructions;
  private final Calls calls;
  private final Label ones = new Label();

  /** The function for panels of a shape and what multiplies integers. */
  public Int8AttentionCode(X86Assembler asm, KernelShape shape, Int8Instructions instructions) {
    this.asm = asm;
    this.shape = shape;
    this.instructions = instructions;
    width = shape.width();
    calls = new Calls(asm);
  }

  private static int aligned(int bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /** Bytes from one block of columns of integers to the next. */
  public static int blockStride(Int8Instructions instructions) {
    return ROWS_STRIDE * instructions.rowBytes();
  }

  /** The bytes of scratch memory for some panels of values. */
  public static long scratchBytes(
      KernelShape shape, Int8Instructions instructions, int valuePanels) {
    return shifts(instructions) + (long) valuePanels * shape.panelBytes();
  }

  /** The place of the shifts of values, behind the integers. */
  private static int shifts(Int8Instructions instructions) {
    return INTEGERS + KEY_BLOCK / DEPTH_BLOCK * blockStride(instructions);
  }

  /** Writes the function. */
  public void write() {
    var softmax = new SoftmaxCode(asm, width);
    asm.align(64);
    asm.bind(ones);
    asm.data(Float.floatToRawIntBits(1f), shape.panelFloats());
    asm.align(64);
    asm.function(ATTEND);
    Frame.enter(asm, Local.values());
    move("queries", Local.QUERIES);
    move("queryScales", Local.QUERY_SCALES);
    move("queryOffsets", Local.QUERY_OFFSETS);
    move("keys", Local.KEYS);
    move("keyScales", Local.KEY_SCALES);
    move("keyShifts", Local.KEY_SHIFTS);
    asm.mov(SCORES, argument("scratch"));
    writeZeros(SCORES, EXTRAS, shape.panelBytes());
    writeScores();
    asm.mov(SoftmaxCode.LANES, argument("lanes"));
    asm.mov(SoftmaxCode.MAXIMA, argument("maxima"));
    softmax.write(argument("rows"), argument("keyCount"), argument("from"), argument("to"));
    writeScaledWeights();
    writeIntegers();
    writeScaledSums();
    if (instructions != Int8Instructions.MADD) {
      writeShifts();
    }
    writeWeighted();
    Frame.leave(asm);
    softmax.writeWindow();
  }

  private void move(String argument, Local to) {
    asm.mov(Frame.word(to), Frame.register(ATTEND, argument));
  }

  private static Mem argument(String name) {
    return Frame.stack(ATTEND, name);
  }

  /** Writes zeros, a multiple of the vectors' size. */
  private void writeZeros(Gpr base, int place, int bytes) {
    Vec zero = width.register(0);
    Macros.clear(asm, zero);
    for (int at = place; at < place + bytes; at += width.bytes()) {
      asm.vmovups(Mem.at(base, at), zero);
    }
  }

  /** Multiplies queries with keys: scores lie in blocks of keys, as the softmax takes them. */
  private void writeScores() {
    int inBlock = DEPTH_BLOCK / shape.panelFloats();
    calls.call(
        Int8Code.PRODUCT,
        argument("product"),
        calls.word(Local.QUERIES),
        calls.word(Local.KEYS),
        calls.word(Local.QUERY_SCALES),
        calls.word(Local.QUERY_OFFSETS),
        calls.address(SCORES, EXTRAS),
        calls.word(Local.KEY_SCALES),
        calls.word(Local.KEY_SHIFTS),
        calls.number(0),
        calls.number(0),
        calls.address(SCORES, 0),
        calls.address(SCORES, AMX_SUMS),
        calls.word(argument("rows")),
        calls.word(argument("fineQueries")),
        calls.word(argument("keyPanels")),
        calls.word(argument("headDim")),
        calls.number(blockStride(instructions)),
        calls.number(ProductFunctions.ROW_BYTES),
        calls.number(shape.panelBytes()),
        calls.number(SoftmaxCode.BLOCK_BYTES - (inBlock - 1) * shape.panelBytes()),
        calls.number(0));
  }

  /** Multiplies weights with the scales of the values that they weigh. */
  private void writeScaledWeights() {
    Gpr row = Gpr.RCX;
    Gpr block = Gpr.RDX;
    Gpr left = Gpr.RSI;
    Gpr blocksLeft = Gpr.RDI;
    Gpr scales = Gpr.R8;
    int vectors = DEPTH_BLOCK / width.floats();
    Vec product = width.register(vectors);
    asm.mov(block, SCORES);
    asm.mov(scales, argument("valueScales"));
    asm.mov(blocksLeft, argument("keyDepth"));
    Label nextBlock = asm.label();
    for (int v = 0; v < vectors; v++) {
      asm.vmovups(width.register(v), Mem.at(scales, v * width.bytes()));
    }
    asm.mov(row, block);
    asm.mov(left, argument("rows"));
    Label nextRow = asm.label();
    for (int v = 0; v < vectors; v++) {
      Mem weights = Mem.at(row, v * width.bytes());
      asm.vmulps(product, width.register(v), weights);
      asm.vmovups(weights, product);
    }
    asm.add(row, ProductFunctions.ROW_BYTES);
    asm.dec(left);
    asm.jne(nextRow);
    asm.add(block, SoftmaxCode.BLOCK_BYTES);
    asm.add(scales, DEPTH_BLOCK * Float.BYTES);
    asm.sub(blocksLeft, DEPTH_BLOCK);
    asm.jne(nextBlock);
  }

  /** Makes integers of weights. Second rows, which follow the others, have no offsets. */
  private void writeIntegers() {
    asm.mov(TEMP, argument("rows"));
    asm.lea(TEMP, Mem.at(SCORES, TEMP, Long.BYTES, OFFSETS));
    writeZeros(TEMP, 0, aligned(QUERY_BLOCK * Long.BYTES));
    calls.call(
        QuantizeCode.QUANTIZE,
        argument("quantize"),
        calls.address(SCORES, 0),
        calls.address(SCORES, INTEGERS),
        calls.address(SCORES, SCALES),
        calls.address(SCORES, OFFSETS),
        calls.number(SoftmaxCode.BLOCK_BYTES),
        calls.number(blockStride(instructions)),
        calls.word(argument("rows")),
        calls.word(argument("keyCount")),
        calls.word(argument("limit")),
        calls.number(shape.panelBytes()));
    asm.sub(TEMP, argument("rows"));
    asm.mov(Frame.word(Local.FINE), TEMP);
  }

  /** Multiplies the sums so far with the scales of the softmax. */
  private void writeScaledSums() {
    Gpr row = Gpr.RCX;
    Gpr number = Gpr.RDX;
    Gpr at = Gpr.RSI;
    Gpr left = Gpr.RDI;
    Vec scale = width.register(0);
    Vec sum = width.register(1);
    asm.mov(row, argument("sums"));
    asm.mov(number, 0);
    Label next = asm.label();
    asm.vbroadcastss(scale, Mem.at(SCORES, number, Float.BYTES, SoftmaxCode.SCALES));
    asm.mov(at, row);
    asm.mov(left, argument("valuePanels"));
    Label panel = asm.label();
    for (int v = 0; v < shape.vectors(); v++) {
      Mem sums = Mem.at(at, v * width.bytes());
      asm.vmulps(sum, scale, sums);
      asm.vmovups(sums, sum);
    }
    asm.add(at, shape.panelBytes());
    asm.dec(left);
    asm.jne(panel);
    asm.add(row, argument("sumsStride"));
    asm.add(number, 1);
    asm.cmp(number, argument("rows"));
    asm.jl(next);
  }

  /**
   * Computes −128 times the sum of the integers of each column of values: weights have 128 added as
   * all rows of integers do.
   */
  private void writeShifts() {
    Gpr panel = Gpr.RCX;
    Gpr panelsLeft = Gpr.RDX;
    Gpr at = Gpr.RSI;
    Gpr left = Gpr.RDI;
    Gpr target = Gpr.R8;
    int vectors = shape.vectors();
    Vec signs = width.register(vectors * CHAINS);
    asm.vmovups(signs, asm.constantBits(SIGNS));
    asm.mov(panel, argument("values"));
    asm.mov(panelsLeft, argument("valuePanels"));
    asm.lea(target, Mem.at(SCORES, shifts(instructions)));
    Label next = asm.label();
    for (int sum = 0; sum < vectors * CHAINS; sum++) {
      Macros.clear(asm, width.register(sum));
    }
    asm.mov(at, panel);
    asm.mov(left, argument("keyDepth"));
    Label groups = asm.label();
    for (int sum = 0; sum < vectors * CHAINS; sum++) {
      asm.vpdpbusd(width.register(sum), signs, Mem.at(at, sum * width.bytes()));
    }
    asm.add(at, vectors * CHAINS * width.bytes());
    asm.sub(left, CHAINS * Int8Panels.GROUP);
    asm.jne(groups);
    for (int v = 0; v < vectors; v++) {
      Vec sum = width.register(v);
      for (int chain = 1; chain < CHAINS; chain++) {
        asm.vpaddd(sum, sum, width.register(chain * vectors + v));
      }
      Macros.negate(asm, sum);
      asm.vmovups(Mem.at(target, v * width.bytes()), sum);
    }
    asm.add(target, shape.panelBytes());
    asm.add(panel, argument("valuePanelStride"));
    asm.dec(panelsLeft);
    asm.jne(next);
  }

  /** Adds the weighted values to the sums, panel after panel. */
  private void writeWeighted() {
    Macros.copy(asm, argument("values"), Frame.word(Local.VALUES), TEMP);
    Macros.copy(asm, argument("sums"), Frame.word(Local.SUMS), TEMP);
    Macros.copy(asm, argument("valuePanels"), Frame.word(Local.PANELS_LEFT), TEMP);
    asm.lea(TEMP, Mem.at(SCORES, shifts(instructions)));
    asm.mov(Frame.word(Local.SHIFTS), TEMP);
    Label panel = asm.label();
    calls.call(
        Int8Code.PRODUCT,
        argument("product"),
        calls.address(SCORES, INTEGERS),
        calls.word(Local.VALUES),
        calls.address(SCORES, SCALES),
        calls.address(SCORES, OFFSETS),
        calls.address(SCORES, EXTRAS),
        calls.address(ones),
        calls.word(Local.SHIFTS),
        calls.number(0),
        calls.word(Local.SUMS),
        calls.word(Local.SUMS),
        calls.address(SCORES, AMX_SUMS),
        calls.word(argument("rows")),
        calls.word(Local.FINE),
        calls.number(1),
        calls.word(argument("keyDepth")),
        calls.number(blockStride(instructions)),
        calls.word(argument("sumsStride")),
        calls.number(0),
        calls.number(0),
        calls.number(0));
    advance(Local.VALUES, argument("valuePanelStride"));
    asm.mov(TEMP, shape.panelBytes());
    advance(Local.SHIFTS);
    advance(Local.SUMS);
    Macros.countDown(asm, Frame.word(Local.PANELS_LEFT), TEMP);
    asm.jne(panel);
  }

  private void advance(Local pointer, Mem distance) {
    asm.mov(TEMP, distance);
    advance(pointer);
  }

  /** Moves a pointer on by the bytes in {@link #TEMP}. */
  private void advance(Local pointer) {
    Gpr sum = Gpr.RCX;
    asm.mov(sum, Frame.word(pointer));
    asm.add(sum, TEMP);
    asm.mov(Frame.word(pointer), sum);
  }
}
