package io.github.modernbert.codegen.asm;

import java.util.Locale;

/**
 * General registers of AArch64, all 64 bits of them, numbered as instructions number them. The
 * system may keep {@code x18} for itself, so it is not here.
 */
public enum XReg {
  X0(0),
  X1(1),
  X2(2),
  X3(3),
  X4(4),
  X5(5),
  X6(6),
  X7(7),
  X8(8),
  X9(9),
  X10(10),
  X11(11),
  X12(12),
  X13(13),
  X14(14),
  X15(15),
  X16(16),
  X17(17),
  X19(19),
  X20(20),
  X21(21),
  X22(22),
  X23(23),
  X24(24),
  X25(25),
  X26(26),
  X27(27),
  X28(28),
  X29(29),
  X30(30),
  /** The stack pointer, where an instruction takes it; the same number means zero elsewhere. */
  SP(31);

  private final int number;

  XReg(int number) {
    this.number = number;
  }

  /** The number in addresses, and where a constant is added. */
  int number() {
    return number;
  }

  /** The number in other places, where the stack pointer cannot be. */
  int general() {
    if (this == SP) {
      throw new IllegalArgumentException("the stack pointer cannot be here");
    }
    return number;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
