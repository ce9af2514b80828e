package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;

/** Sequences of instructions that several functions need. */
final class Macros {
  /** Selects the lower halves of two registers. */
  private static final int LOW = 0x44;

  /** Selects the upper halves of two registers. */
  private static final int HIGH = 0xEE;

  private Macros() {}

  /** Makes a number so large at most. */
  static void atMost(X86Assembler asm, Gpr number, int most) {
    var fits = new Label();
    asm.cmp(number, most);
    asm.jle(fits);
    asm.mov(number, most);
    asm.bind(fits);
  }

  /** Makes a number as large as another one at most. */
  static void atMost(X86Assembler asm, Gpr number, Mem most) {
    var fits = new Label();
    asm.cmp(number, most);
    asm.jle(fits);
    asm.mov(number, most);
    asm.bind(fits);
  }

  /** Clears a register in the way that processors do without executing anything. */
  static void clear(X86Assembler asm, Vec register) {
    if (register.number() < 16) {
      Vec low = register(register.number());
      asm.vxorps(low, low, low);
    } else {
      asm.vpxord(register, register, register);
    }
  }

  /** Negates the integers of a register, which are two's complements. */
  static void negate(X86Assembler asm, Vec integers) {
    asm.vxorps(integers, integers, asm.constantBits(-1));
    asm.vpaddd(integers, integers, asm.constantBits(1));
  }

  static void copy(X86Assembler asm, Mem from, Mem to, Gpr temp) {
    asm.mov(temp, from);
    asm.mov(to, temp);
  }

  /** Counts down in memory, and leaves the count in a register; the flags tell whether it is 0. */
  static void countDown(X86Assembler asm, Mem count, Gpr temp) {
    asm.mov(temp, count);
    asm.dec(temp);
    asm.mov(count, temp);
  }

  /**
   * Transposes four rows of four floats: registers 0 to 3 of 128 bits are the rows and become the
   * columns; 4 to 7 are overwritten.
   */
  static void transpose(X86Assembler asm) {
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

  private static Vec register(int number) {
    return Width.XMM.register(number);
  }
}
