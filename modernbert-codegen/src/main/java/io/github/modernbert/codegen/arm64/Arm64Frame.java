package io.github.modernbert.codegen.arm64;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.XReg;

/**
 * The stack frame of functions (procedure call standard of AArch64): registers that belong to the
 * caller, below the arguments that came on the stack.
 */
final class Arm64Frame {
  private static final XReg[] SAVED = {
    XReg.X29, XReg.X30, XReg.X19, XReg.X20, XReg.X21, XReg.X22, XReg.X23, XReg.X24, XReg.X25,
    XReg.X26, XReg.X27, XReg.X28
  };

  /** Of these vectors only the lower halves belong to the caller. */
  private static final int FIRST_VECTOR = 8;

  private static final int LAST_VECTOR = 15;
  private static final int VECTORS_AT = SAVED.length * Long.BYTES;

  /** Bytes: a multiple of 16, as the stack pointer must be. */
  private static final int SIZE = VECTORS_AT + (LAST_VECTOR - FIRST_VECTOR + 1) * Long.BYTES;

  private Arm64Frame() {}

  static void enter(Arm64Assembler asm) {
    asm.sub(XReg.SP, XReg.SP, SIZE);
    for (int i = 0; i < SAVED.length; i += 2) {
      asm.stp(SAVED[i], SAVED[i + 1], XReg.SP, i * Long.BYTES);
    }
    for (int v = FIRST_VECTOR; v < LAST_VECTOR; v += 2) {
      asm.stpLow(vector(v), vector(v + 1), XReg.SP, at(v));
    }
  }

  static void leave(Arm64Assembler asm) {
    for (int i = 0; i < SAVED.length; i += 2) {
      asm.ldp(SAVED[i], SAVED[i + 1], XReg.SP, i * Long.BYTES);
    }
    for (int v = FIRST_VECTOR; v < LAST_VECTOR; v += 2) {
      asm.ldpLow(vector(v), vector(v + 1), XReg.SP, at(v));
    }
    asm.add(XReg.SP, XReg.SP, SIZE);
    asm.ret();
  }

  private static Vec vector(int number) {
    return Width.XMM.register(number);
  }

  private static int at(int vector) {
    return VECTORS_AT + (vector - FIRST_VECTOR) * Long.BYTES;
  }

  /**
   * Loads an argument.
   *
   * @param number from 0, of those that are on the stack
   */
  static void argument(Arm64Assembler asm, XReg target, int number) {
    asm.ldr(target, XReg.SP, SIZE + number * Long.BYTES);
  }
}
