package io.github.modernbert.codegen.asm;

/**
 * A destination of which only the lanes of a mask are written.
 *
 * @param zeroing whether the other lanes become 0 rather than keep their values
 */
record Masked(VecOrMem operand, Mask mask, boolean zeroing) implements Destination {
  @Override
  public String toString() {
    return operand + "{" + mask + "}" + (zeroing ? "{z}" : "");
  }
}
