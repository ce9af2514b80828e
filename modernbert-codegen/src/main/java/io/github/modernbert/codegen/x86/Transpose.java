package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;

/** Transposes four rows of four floats, in registers of 128 bits. */
final class Transpose {
  /** Selects the lower halves of two registers. */
  private static final int LOW = 0x44;

  /** Selects the upper halves of two registers. */
  private static final int HIGH = 0xEE;

  private Transpose() {}

  /** Writes the code: registers 0 to 3 are the rows and become the columns; 4 to 7 are used. */
  static void write(X86Assembler asm) {
    asm.vunpcklps(register(4), register(0), register(1));
    asm.vunpcklps(register(5), register(2), register(3));
    asm.vunpckhps(register(6), register(0), register(1));
    asm.vunpckhps(register(7), register(2), register(3));
    for (int pair = 0; pair < 2; pair++) {
      Vec first = register(4 + 2 * pair);
      Vec second = register(5 + 2 * pair);
      asm.vshufps(register(2 * pair), first, second, LOW);
      asm.vshufps(register(2 * pair + 1), first, second, HIGH);
    }
  }

  static Vec register(int number) {
    return Width.XMM.register(number);
  }
}
