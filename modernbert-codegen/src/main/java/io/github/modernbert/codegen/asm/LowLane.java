package io.github.modernbert.codegen.asm;

/**
 * The lowest lane of a vector register of AArch64, which is a register of its own.
 *
 * @param bytes size of the lane
 */
public record LowLane(Vec vector, char prefix, int bytes) {
  @Override
  public String toString() {
    return "" + prefix + vector.number();
  }
}
