package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;

/** Four rows of four floats become four columns, in registers of 128 bits. */
final class Transpose {
  /** The lower halves of two registers. */
  private static final int LOW = 0x44;

  /** Their upper halves. */
  private static final int HIGH = 0xEE;

  private Transpose() {}

  /** Registers 0 to 3 are the rows and become the columns; 4 to 7 are used. */
  static void write(Assembler asm) {
    merge(asm, VectorOp.VUNPCKLPS, 4, 0, 1);
    merge(asm, VectorOp.VUNPCKLPS, 5, 2, 3);
    merge(asm, VectorOp.VUNPCKHPS, 6, 0, 1);
    merge(asm, VectorOp.VUNPCKHPS, 7, 2, 3);
    for (int pair = 0; pair < 2; pair++) {
      Vec first = register(4 + 2 * pair);
      Vec second = register(5 + 2 * pair);
      asm.emit(VectorOp.VSHUFPS, LOW, register(2 * pair), first, second);
      asm.emit(VectorOp.VSHUFPS, HIGH, register(2 * pair + 1), first, second);
    }
  }

  private static void merge(Assembler asm, VectorOp op, int to, int a, int b) {
    asm.emit(op, register(to), register(a), register(b));
  }

  static Vec register(int number) {
    return Width.XMM.register(number);
  }
}
