package io.github.modernbert.codegen.asm;

/**
 * A vector register.
 *
 * @param number from 0 to 31; on x86-64 those from 16 on are there with AVX-512 only
 */
public record Vec(int number, Width width) implements Operand {
  public Vec {
    if (number < 0 || number > 31) {
      throw new IllegalArgumentException("vector registers are 0 to 31, found " + number);
    }
  }
}
