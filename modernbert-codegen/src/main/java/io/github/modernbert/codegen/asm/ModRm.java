package io.github.modernbert.codegen.asm;

import org.jspecify.annotations.Nullable;

/** Writes the parts of x86-64 instructions that name registers and memory. */
final class ModRm {
  private static final int NO_INDEX = 4;
  private static final int NO_BASE = 5;

  private ModRm() {}

  /** Writes the ModRM byte of two registers. */
  static void registers(CodeBuffer code, int reg, int rm) {
    code.put8(0xC0 | (reg & 7) << 3 | rm & 7);
  }

  /**
   * Writes ModRM, SIB and displacement of a place in memory.
   *
   * @param unit bytes that an eight-bit displacement counts in
   * @param after bytes of the instruction that follow
   */
  static void memory(CodeBuffer code, int reg, Mem mem, int unit, int after) {
    int field = (reg & 7) << 3;
    Label label = mem.label();
    if (label != null) {
      code.put8(field | NO_BASE);
      // Distances count from the end of the instruction.
      code.put32(mem.displacement() - after - Integer.BYTES, label, distance -> distance);
      return;
    }
    Gpr base = mem.base();
    if (base == null) {
      code.put8(field | NO_INDEX);
      sib(code, mem, NO_BASE);
      code.put32(mem.displacement());
      return;
    }
    int size = displacementBytes(base, mem.displacement(), unit);
    int mode = size == 0 ? 0 : size == 1 ? 0x40 : 0x80;
    if (mem.index() == null && (base.number() & 7) != NO_INDEX) {
      code.put8(mode | field | base.number() & 7);
    } else {
      code.put8(mode | field | NO_INDEX);
      sib(code, mem, base.number() & 7);
    }
    if (size == 1) {
      code.put8(mem.displacement() / unit);
    } else if (size == Integer.BYTES) {
      code.put32(mem.displacement());
    }
  }

  private static int displacementBytes(Gpr base, int displacement, int unit) {
    if (displacement == 0 && (base.number() & 7) != NO_BASE) {
      return 0;
    }
    int units = displacement / unit;
    return units * unit == displacement && units == (byte) units ? 1 : Integer.BYTES;
  }

  private static void sib(CodeBuffer code, Mem mem, int base) {
    Gpr index = mem.index();
    int scale = index == null ? 0 : Integer.numberOfTrailingZeros(mem.scale());
    code.put8(scale << 6 | (index == null ? NO_INDEX : index.number() & 7) << 3 | base);
  }

  /** Bit {@code bit} of a register's number; 0 without register. */
  static int bit(@Nullable Gpr register, int bit) {
    return register == null ? 0 : register.number() >> bit & 1;
  }
}
