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
import io.github.modernbert.kernels.Int8Panels;

/**
 * Generates the functions that lay out keys and values of 8-bit integers, each for one head; see
 * {@link io.github.modernbert.kernels.KeyValues}. Rows are bytes as {@link QuantizeCode} makes
 * them, with 128 added, in {@code blocks} blocks of columns that are {@code blockStride} bytes
 * apart. Of {@link Int8Panels#GROUP} rows at a time, {@code groups} times; the first key is a
 * multiple of that.
 */
public record Int8SplitCode(X86Assembler asm, KernelShape shape, Int8Instructions instructions) {
  /**
   * Lays out keys and writes their shifts. {@code left} keys are left in the panel of the first
   * one, and {@code gap} is the distance from behind a panel's first row to the next panel.
   */
  public static final Signature KEYS =
      Signature.of(
          """
          void int8Keys(address rows, address keys, address shifts, long blocks,
              long blockStride, long groups, long left, long gap)\
          """);

  /** Lays out values, in panels {@code panelStride} bytes apart. */
  public static final Signature VALUES =
      Signature.of(
          """
          void int8Values(address rows, address values, long blocks, long blockStride,
              long groups, long panelStride)\
          """);

  /**
   * Turns the keys of a head, makes integers of keys and values, and lays both out. Key rows are
   * those of {@link SplitCode#TURN} and go to {@code turned}, in blocks as value rows lie; {@code
   * bytes} and {@code offsets} are memory for what {@link QuantizeCode#QUANTIZE} makes of rows.
   * {@code turn}, {@code quantize}, {@code layKeys} and {@code layValues} are the addresses of the
   * functions that do it.
   */
  public static final Signature HEAD =
      Signature.of(
          """
          void int8Head(address keyRows, address turned, address cosines, address sines,
              address bytes, address offsets, address keys, address keyScales,
              address keyShifts, address valueRows, address values, address valueScales,
              long turn, long quantize, long layKeys, long layValues, long rowStride,
              long rowHalf, long turnedHalf, long angleStride, long half, long rows,
              long headDim, long blocks, long blockStride, long valueBlockStride, long groups,
              long left, long gap, long panelStride)\
          """);

  /** Words of the frame: what the functions that are called may overwrite. */
  private enum Local {
    TURNED,
    BYTES,
    OFFSETS
  }

  /** Rows that are taken together. */
  private static final int GROUP = Int8Panels.GROUP;

  /** Bytes of a row that are taken at a time: a register of 128 bits. */
  private static final int PIECE = Width.XMM.bytes();

  /** Bytes of a row of floats in a block of columns. */
  private static final int ROW_BYTES = DEPTH_BLOCK * Float.BYTES;

  /** Bytes of 128; adding it once more leaves the integers. */
  private static final int SIGNS = 0x80808080;

  private static final int EVEN_BYTES = 0x00FF00FF;
  private static final int ODD_BYTES = 0xFF00FF00;
  private static final int LOW_HALF = 0x0000FFFF;
  private static final int HIGH_HALF = 0xFFFF0000;

  private static final Gpr FROM = Gpr.RAX;
  private static final Gpr TO = Gpr.RBX;
  private static final Gpr BLOCK = Gpr.R10;
  private static final Gpr BLOCKS_LEFT = Gpr.R11;

  /** Writes the functions. */
  public void write() {
    writeKeys();
    writeValues();
    writeHead();
  }

  private void writeHead() {
    var calls = new Calls(asm);
    asm.align(64);
    asm.function(HEAD);
    Frame.enter(asm, Local.values());
    asm.mov(Frame.word(Local.TURNED), Frame.register(HEAD, "turned"));
    asm.mov(Frame.word(Local.BYTES), Frame.register(HEAD, "bytes"));
    asm.mov(Frame.word(Local.OFFSETS), Frame.register(HEAD, "offsets"));
    // The first arguments are where the function expects them, in its order.
    Vec scale = Frame.floatRegister(SplitCode.TURN, "scale");
    asm.vmovups(scale, asm.constant(1f));
    Calls.Argument inPlace = target -> {};
    calls.call(
        SplitCode.TURN,
        argument("turn"),
        inPlace,
        inPlace,
        inPlace,
        inPlace,
        calls.word(argument("rowStride")),
        calls.number(ROW_BYTES),
        calls.word(argument("rowHalf")),
        calls.word(argument("turnedHalf")),
        calls.word(argument("angleStride")),
        calls.word(argument("half")),
        calls.word(argument("rows")));
    quantize(calls, calls.word(Local.TURNED), argument("keyScales"), turnedBlockStride(calls));
    calls.call(
        KEYS,
        argument("layKeys"),
        calls.word(Local.BYTES),
        calls.word(argument("keys")),
        calls.word(argument("keyShifts")),
        calls.word(argument("blocks")),
        calls.word(argument("blockStride")),
        calls.word(argument("groups")),
        calls.word(argument("left")),
        calls.word(argument("gap")));
    quantize(
        calls,
        calls.word(argument("valueRows")),
        argument("valueScales"),
        calls.word(argument("valueBlockStride")));
    calls.call(
        VALUES,
        argument("layValues"),
        calls.word(Local.BYTES),
        calls.word(argument("values")),
        calls.word(argument("blocks")),
        calls.word(argument("blockStride")),
        calls.word(argument("groups")),
        calls.word(argument("panelStride")));
    Frame.leave(asm);
  }

  /** Floats take four times as many bytes as integers. */
  private Calls.Argument turnedBlockStride(Calls calls) {
    return target -> {
      calls.word(argument("blockStride")).load(target);
      asm.shl(target, Integer.numberOfTrailingZeros(Float.BYTES));
    };
  }

  /** Makes bytes of rows. None gets a second row, since no sum of squares is below the limit. */
  private void quantize(
      Calls calls, Calls.Argument rows, Mem scales, Calls.Argument sourceBlockStride) {
    calls.call(
        QuantizeCode.QUANTIZE,
        argument("quantize"),
        rows,
        calls.word(Local.BYTES),
        calls.word(scales),
        calls.word(Local.OFFSETS),
        sourceBlockStride,
        calls.word(argument("blockStride")),
        calls.word(argument("rows")),
        calls.word(argument("headDim")),
        calls.number(0),
        calls.number(0));
  }

  private static Mem argument(String name) {
    return Frame.stack(HEAD, name);
  }

  private void writeKeys() {
    Gpr rows = Frame.register(KEYS, "rows");
    Gpr keys = Frame.register(KEYS, "keys");
    Gpr shifts = Frame.register(KEYS, "shifts");
    Gpr blocks = Frame.register(KEYS, "blocks");
    Gpr blockStride = Frame.register(KEYS, "blockStride");
    Gpr groups = Frame.register(KEYS, "groups");
    Gpr left = Gpr.R12;
    Vec sums = shape.width().register(8);
    Vec signs = shape.width().register(9);
    var inPanel = new Label();
    asm.align(64);
    asm.function(KEYS);
    Frame.enter(asm, 0);
    asm.mov(left, Frame.stack(KEYS, "left"));
    asm.vmovups(signs, asm.constantBits(SIGNS));
    Label group = asm.label();
    Macros.clear(asm, sums);
    asm.mov(TO, keys);
    eachBlock(
        rows,
        blocks,
        blockStride,
        () -> {
          for (int piece = 0; piece < DEPTH_BLOCK; piece += PIECE) {
            load(piece);
            Macros.transpose(asm);
            for (int i = 0; i < PIECE / GROUP; i++) {
              Vec column = xmm(i);
              asm.vxorps(column, column, asm.constantBits(SIGNS));
              asm.vmovups(Mem.at(TO, (piece / GROUP + i) * shape.panelBytes()), column);
              if (instructions != Int8Instructions.MADD) {
                // Lanes above the lowest four are zeros.
                asm.vpdpbusd(sums, signs, shape.width().register(i));
              }
            }
          }
          asm.add(TO, DEPTH_BLOCK / GROUP * shape.panelBytes());
        });
    Macros.negate(asm, sums);
    asm.vmovups(Mem.at(shifts, 0), xmm(sums.number()));
    asm.add(shifts, GROUP * Integer.BYTES);
    asm.add(rows, GROUP * DEPTH_BLOCK);
    asm.add(keys, GROUP * GROUP);
    asm.sub(left, GROUP);
    asm.jne(inPanel);
    asm.add(keys, Frame.stack(KEYS, "gap"));
    asm.mov(left, shape.panelFloats());
    asm.bind(inPanel);
    asm.dec(groups);
    asm.jne(group);
    Frame.leave(asm);
  }

  private void writeValues() {
    Gpr rows = Frame.register(VALUES, "rows");
    Gpr values = Frame.register(VALUES, "values");
    Gpr blocks = Frame.register(VALUES, "blocks");
    Gpr blockStride = Frame.register(VALUES, "blockStride");
    Gpr groups = Frame.register(VALUES, "groups");
    Gpr panelStride = Frame.register(VALUES, "panelStride");
    asm.align(64);
    asm.function(VALUES);
    Frame.enter(asm, 0);
    Label group = asm.label();
    asm.mov(TO, values);
    eachBlock(
        rows,
        blocks,
        blockStride,
        () -> {
          for (int piece = 0; piece < DEPTH_BLOCK; piece += PIECE) {
            load(piece);
            writeByteColumns();
            Macros.transpose(asm);
            for (int i = 0; i < PIECE / GROUP; i++) {
              Vec column = xmm(i);
              asm.vxorps(column, column, asm.constantBits(SIGNS));
              asm.vmovups(Mem.at(TO, (piece % shape.panelFloats()) * GROUP + i * PIECE), column);
            }
            if ((piece + PIECE) % shape.panelFloats() == 0) {
              asm.add(TO, panelStride);
            }
          }
        });
    asm.add(rows, GROUP * DEPTH_BLOCK);
    asm.add(values, shape.panelBytes());
    asm.dec(groups);
    asm.jne(group);
    Frame.leave(asm);
  }

  /** Repeats code for each block of columns of a group of rows. */
  private void eachBlock(Gpr rows, Gpr blocks, Gpr blockStride, Runnable code) {
    asm.mov(BLOCK, rows);
    asm.mov(BLOCKS_LEFT, blocks);
    Label block = asm.label();
    asm.mov(FROM, BLOCK);
    code.run();
    asm.add(BLOCK, blockStride);
    asm.dec(BLOCKS_LEFT);
    asm.jne(block);
  }

  /** Loads a piece of each row of a group into the first registers. */
  private void load(int piece) {
    for (int row = 0; row < GROUP; row++) {
      asm.vmovups(xmm(row), Mem.at(FROM, row * DEPTH_BLOCK + piece));
    }
  }

  /**
   * Transposes four rows of four bytes in each lane of the first four registers: of rows a, b, c
   * and d lanes become the bytes [a₀ b₀ c₀ d₀] in the first register, [a₁ b₁ c₁ d₁] in the second,
   * and so on.
   */
  private void writeByteColumns() {
    for (int pair = 0; pair < GROUP; pair += 2) {
      merge(xmm(4 + pair), xmm(pair), xmm(pair + 1), Byte.SIZE, EVEN_BYTES, ODD_BYTES);
      mergeUpper(xmm(5 + pair), xmm(pair), xmm(pair + 1), Byte.SIZE, EVEN_BYTES, ODD_BYTES);
    }
    for (int odd = 0; odd < 2; odd++) {
      merge(xmm(odd), xmm(4 + odd), xmm(6 + odd), Short.SIZE, LOW_HALF, HIGH_HALF);
      mergeUpper(xmm(2 + odd), xmm(4 + odd), xmm(6 + odd), Short.SIZE, LOW_HALF, HIGH_HALF);
    }
  }

  /** Computes {@code target = a & low | (b << bits) & high}. */
  private void merge(Vec target, Vec a, Vec b, int bits, int low, int high) {
    Vec temp = xmm(10);
    asm.vpslld(temp, b, bits);
    asm.vandps(temp, temp, asm.constantBits(high));
    asm.vandps(target, a, asm.constantBits(low));
    asm.vorps(target, target, temp);
  }

  /** Computes {@code target = (a >> bits) & low | b & high}. */
  private void mergeUpper(Vec target, Vec a, Vec b, int bits, int low, int high) {
    Vec temp = xmm(10);
    asm.vpsrad(temp, a, bits);
    asm.vandps(temp, temp, asm.constantBits(low));
    asm.vandps(target, b, asm.constantBits(high));
    asm.vorps(target, target, temp);
  }

  private static Vec xmm(int number) {
    return Width.XMM.register(number);
  }
}
