package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.asm.XReg.x;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.LowLane;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.XReg;

/**
 * Arguments and stack frames of functions (procedure call standard of AArch64): registers that
 * belong to the caller lie below the arguments that came on the stack.
 */
final class Arm64Frame {
  private static final XReg[] ARGUMENTS = {x(0), x(1), x(2), x(3), x(4), x(5), x(6), x(7)};

  /** Registers that belong to the caller. */
  private static final XReg[] SAVED = {
    x(29), x(30), x(19), x(20), x(21), x(22), x(23), x(24), x(25), x(26), x(27), x(28)
  };

  /** The first of the vectors whose lower halves belong to the caller. */
  private static final int FIRST_VECTOR = 8;

  private static final int LAST_VECTOR = 15;
  private static final int VECTORS_AT = SAVED.length * Long.BYTES;

  /** Bytes of the frame: a multiple of 16, as the stack pointer must be. */
  private static final int SIZE = VECTORS_AT + (LAST_VECTOR - FIRST_VECTOR + 1) * Long.BYTES;

  private Arm64Frame() {}

  static void enter(Arm64Assembler asm) {
    asm.sub(XReg.SP, XReg.SP, SIZE);
    for (int i = 0; i < SAVED.length; i += 2) {
      asm.stp(SAVED[i], SAVED[i + 1], XReg.SP, i * Long.BYTES);
    }
    for (int v = FIRST_VECTOR; v < LAST_VECTOR; v += 2) {
      asm.stp(lower(v), lower(v + 1), XReg.SP, at(v));
    }
  }

  static void leave(Arm64Assembler asm) {
    for (int i = 0; i < SAVED.length; i += 2) {
      asm.ldp(SAVED[i], SAVED[i + 1], XReg.SP, i * Long.BYTES);
    }
    for (int v = FIRST_VECTOR; v < LAST_VECTOR; v += 2) {
      asm.ldp(lower(v), lower(v + 1), XReg.SP, at(v));
    }
    asm.add(XReg.SP, XReg.SP, SIZE);
    asm.ret();
  }

  private static LowLane lower(int number) {
    return Width.XMM.register(number).d();
  }

  private static int at(int vector) {
    return VECTORS_AT + (vector - FIRST_VECTOR) * Long.BYTES;
  }

  /** The register of an argument that is passed in one. */
  static XReg register(Signature signature, String argument) {
    return ARGUMENTS[signature.place(argument)];
  }

  /** Loads an argument that is passed on the stack. */
  static void load(Arm64Assembler asm, XReg target, Signature signature, String argument) {
    int place = signature.place(argument) - ARGUMENTS.length;
    if (place < 0) {
      throw new IllegalArgumentException(argument + " is passed in a register");
    }
    asm.ldr(target, XReg.SP, SIZE + place * Long.BYTES);
  }
}
