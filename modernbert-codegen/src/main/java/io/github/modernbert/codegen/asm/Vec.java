package io.github.modernbert.codegen.asm;

/**
 * A vector register.
 *
 * @param number from 0 to 31; on x86-64 those from 16 on exist with AVX-512 only
 */
public record Vec(int number, Width width) implements Destination, VecOrMem {
  public Vec {
    if (number < 0 || number > 31) {
      throw new IllegalArgumentException("vector registers are 0 to 31, found " + number);
    }
  }

  /** This register as a destination of which the lanes of a mask are written, and others kept. */
  public Destination merging(Mask mask) {
    return new Masked(this, mask);
  }

  /** The lowest 32 bits, a register of AArch64. */
  public LowLane s() {
    return new LowLane(this, 's', Integer.BYTES);
  }

  /** The lowest 64 bits, a register of AArch64. */
  public LowLane d() {
    return new LowLane(this, 'd', Long.BYTES);
  }

  /** The name in x86-64. */
  @Override
  public String toString() {
    return width.toString() + number;
  }
}
