package io.github.modernbert.codegen.asm;

/**
 * Instructions on general registers, all on 64 bits.
 *
 * @see VectorOp
 */
public final class ScalarOp {
  private ScalarOp() {}

  /** Arithmetic that has three forms: register, constant, memory. */
  public enum Arithmetic {
    ADD(0x00),
    AND(0x20),
    SUB(0x28),
    XOR(0x30),
    CMP(0x38);

    /** Opcode of the oldest form; the others are at fixed distances. */
    final int opcode;

    Arithmetic(int opcode) {
      this.opcode = opcode;
    }

    /** What stands in the register field of the form with a constant. */
    int extension() {
      return opcode >> 3;
    }
  }

  /** When to jump, as instructions number it. */
  public enum Condition {
    BELOW(2),
    ABOVE_OR_EQUAL(3),
    EQUAL(4),
    NOT_EQUAL(5),
    BELOW_OR_EQUAL(6),
    ABOVE(7),
    LESS(12),
    GREATER_OR_EQUAL(13),
    LESS_OR_EQUAL(14),
    GREATER(15);

    final int code;

    Condition(int code) {
      this.code = code;
    }
  }

  /** Into which caches to prefetch, as instructions number it. */
  public enum Cache {
    /** All. */
    T0(1),
    /** From the second level on. */
    T1(2),
    /** From the third level on. */
    T2(3);

    final int code;

    Cache(int code) {
      this.code = code;
    }
  }
}
