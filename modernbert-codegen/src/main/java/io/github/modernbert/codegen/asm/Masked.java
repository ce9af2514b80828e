package io.github.modernbert.codegen.asm;

/** A destination of which only the lanes of a mask are written, and the others kept. */
record Masked(Vec register, Mask mask) implements Destination {
  @Override
  public String toString() {
    return register + "{" + mask + "}";
  }
}
