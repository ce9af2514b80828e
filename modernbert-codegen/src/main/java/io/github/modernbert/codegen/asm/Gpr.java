package io.github.modernbert.codegen.asm;

import java.util.Locale;

/** General registers of x86-64, all 64 bits of them, numbered as instructions number them. */
public enum Gpr implements GprOrMem {
  RAX,
  RCX,
  RDX,
  RBX,
  RSP,
  RBP,
  RSI,
  RDI,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15;

  int number() {
    return ordinal();
  }

  /** The lower half of this register. */
  public Gpr32 dword() {
    return new Gpr32(this);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
