package io.github.modernbert.codegen.asm;

/**
 * A general register of AArch64, all 64 bits of it.
 *
 * @param number from 0 to 30, or 31 for the stack pointer where an instruction takes it, which
 *     means zero elsewhere; 18 belongs to some systems
 */
public record XReg(int number) {
  public static final XReg SP = new XReg(31);

  public XReg {
    if (number < 0 || number > 31 || number == 18) {
      throw new IllegalArgumentException("registers are 0 to 17 and 19 to 31, found " + number);
    }
  }

  /** The register of a number. */
  public static XReg x(int number) {
    return new XReg(number);
  }

  /** The number where the stack pointer cannot be. */
  int general() {
    if (number == SP.number) {
      throw new IllegalArgumentException("the stack pointer cannot be here");
    }
    return number;
  }

  @Override
  public String toString() {
    return number == SP.number ? "sp" : "x" + number;
  }
}
