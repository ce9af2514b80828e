package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.asm.X86Assembler.Ternary;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Quantization;

/**
 * Code that rows of activations and rows of weights share as they become integers; see {@link
 * Quantization}. Memory below the stack pointer is overwritten.
 *
 * @param asm writes it
 * @param width of the vectors
 * @param temp receives what is computed once a row
 */
record ScaleCode(X86Assembler asm, Width width, Gpr temp) {
  /** In all lanes of 128 bits: the scale, and what is computed once a row. */
  static final Vec SCALE = Width.XMM.register(12);

  static final Vec ONCE = Width.XMM.register(13);
  static final Vec ONCE_2 = Width.XMM.register(14);

  /** Shuffles lanes within 128 bits: the upper half to the lower one, then the odd to the even. */
  private static final int UPPER_HALF = 0x4E;

  private static final int ODD = 0xB1;

  /** Vectors of a block of columns. */
  int blockVectors() {
    return Kernels.DEPTH_BLOCK / width.floats();
  }

  /**
   * Combines the lanes of two sums in each lane of {@link #ONCE} and in the register for it, by way
   * of the stack's red zone.
   */
  void reduce(Vec sum, Vec otherSum, Ternary operation) {
    int quarter = Width.XMM.bytes();
    operation.write(sum, sum, otherSum);
    asm.vmovups(Mem.at(Gpr.RSP, -width.bytes()), sum);
    asm.vmovups(ONCE, Mem.at(Gpr.RSP, -quarter));
    for (int at = -width.bytes(); at < -quarter; at += quarter) {
      operation.write(ONCE, ONCE, Mem.at(Gpr.RSP, at));
    }
    for (int lanes : new int[] {UPPER_HALF, ODD}) {
      asm.vshufps(ONCE_2, ONCE, ONCE, lanes);
      operation.write(ONCE, ONCE, ONCE_2);
    }
    asm.vmovups(Mem.at(Gpr.RSP, -quarter), ONCE);
    asm.mov(temp.dword(), Mem.at(Gpr.RSP, -quarter));
  }

  /**
   * Computes the scale of the row whose largest absolute value {@link #reduce} has found, and the
   * inverse: 0 if values cannot be scaled.
   *
   * @param place where the scale is stored
   * @param spare is overwritten
   */
  void writeScale(Vec inverse, Gpr place, Gpr spare) {
    var known = new Label();
    Macros.clear(asm, inverse);
    Macros.clear(asm, SCALE);
    asm.cmp(temp, Float.floatToRawIntBits(Quantization.SMALLEST));
    asm.jl(known);
    asm.vmovups(SCALE, asm.constant(Float.NaN));
    asm.cmp(temp, Float.floatToRawIntBits(Float.MAX_VALUE));
    asm.jg(known);
    asm.vmovups(ONCE_2, asm.constant(Quantization.LARGEST));
    asm.vdivps(SCALE, ONCE, ONCE_2);
    asm.vdivps(ONCE_2, ONCE_2, ONCE);
    asm.vbroadcastss(inverse, ONCE_2);
    asm.bind(known);
    storeScale(place, spare);
  }

  /** Stores the scale. */
  void storeScale(Gpr place, Gpr spare) {
    Mem lanes = Mem.at(Gpr.RSP, -Width.XMM.bytes());
    asm.vmovups(lanes, SCALE);
    asm.mov(spare.dword(), lanes);
    asm.mov(Mem.at(place, 0), spare.dword());
  }

  /**
   * Writes where the lanes of packed vectors come from, since packing takes turns among its vectors
   * every 128 bits.
   *
   * @param bytes of a packed integer
   */
  void writeOrder(int bytes) {
    int lanes = width.floats() / Width.XMM.floats();
    for (int v = 0; v < Float.BYTES / bytes; v++) {
      for (int lane = 0; lane < lanes; lane++) {
        for (int i = 0; i < bytes; i++) {
          asm.data(lane * Width.XMM.floats() + v * bytes + i);
        }
      }
    }
  }
}
