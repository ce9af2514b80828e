package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;

/**
 * Arguments and stack frames of functions (System V ABI for x86-64): what registers cannot hold
 * lies below the frame pointer, the arguments that came on the stack above it.
 */
final class Frame {
  private static final Gpr[] ARGUMENTS = {Gpr.RDI, Gpr.RSI, Gpr.RDX, Gpr.RCX, Gpr.R8, Gpr.R9};

  /** Registers that belong to the caller and are used here. */
  private static final Gpr[] SAVED = {Gpr.RBX, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15};

  private Frame() {}

  /**
   * Saves registers and makes room for words.
   *
   * @param words the names of words, see {@link #word}; any number will do, since no code expects
   *     an aligned stack
   */
  static void enter(X86Assembler asm, Enum<?>[] words) {
    enter(asm, words.length * Long.BYTES);
  }

  /**
   * Saves registers and makes room for local memory.
   *
   * @param locals bytes below the saved registers
   */
  static void enter(X86Assembler asm, int locals) {
    asm.push(Gpr.RBP);
    asm.mov(Gpr.RBP, Gpr.RSP);
    for (Gpr register : SAVED) {
      asm.push(register);
    }
    asm.sub(Gpr.RSP, locals);
  }

  /** Returns, also from a stack pointer that has been aligned. */
  static void leave(X86Assembler asm) {
    asm.vzeroupper();
    asm.lea(Gpr.RSP, Mem.at(Gpr.RBP, -SAVED.length * Long.BYTES));
    for (int i = SAVED.length - 1; i >= 0; i--) {
      asm.pop(SAVED[i]);
    }
    asm.pop(Gpr.RBP);
    asm.ret();
  }

  /** The word of the frame that has a name. */
  static Mem word(Enum<?> name) {
    return Mem.at(Gpr.RBP, -(SAVED.length + 1 + name.ordinal()) * Long.BYTES);
  }

  /** The register of a number or an address that is passed in one. */
  static Gpr register(Signature signature, String argument) {
    return ARGUMENTS[signature.place(argument)];
  }

  /** How many numbers and addresses are passed in registers, the first ones. */
  static int argumentRegisters() {
    return ARGUMENTS.length;
  }

  /** The register of the number or address at a place among the arguments, from 0. */
  static Gpr argumentRegister(int place) {
    return ARGUMENTS[place];
  }

  /** The register whose lowest lane a float is passed in. */
  static Vec floatRegister(Signature signature, String argument) {
    return Width.XMM.register(signature.place(argument));
  }

  /** The place above the frame pointer of an argument that is passed on the stack. */
  static Mem stack(Signature signature, String argument) {
    return Mem.at(Gpr.RBP, (2 + stackPlace(signature, argument)) * Long.BYTES);
  }

  /** The place above the return address of an argument of a function without a frame. */
  static Mem stackWithoutFrame(Signature signature, String argument) {
    return Mem.at(Gpr.RSP, (1 + stackPlace(signature, argument)) * Long.BYTES);
  }

  private static int stackPlace(Signature signature, String argument) {
    int place = signature.place(argument) - ARGUMENTS.length;
    if (place < 0) {
      throw new IllegalArgumentException(argument + " is passed in a register");
    }
    return place;
  }
}
