package io.github.modernbert.codegen.asm;

/** The lower half of a general register; writing it clears the upper half. */
public record Gpr32(Gpr register) implements Operand {
  int number() {
    return register.number();
  }

  @Override
  public String toString() {
    String name = register.toString();
    return number() < 8 ? "e" + name.substring(1) : name + "d";
  }
}
