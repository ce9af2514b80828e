package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.X86Assembler;

/** Calls of one function by another, of numbers and addresses only. */
record Calls(X86Assembler asm) {
  /** Overwritten by each call; it holds the result then. */
  static final Gpr RESULT = Gpr.RAX;

  /** An argument, which is loaded into a register. */
  @FunctionalInterface
  interface Argument {
    void load(Gpr target);
  }

  Argument word(Mem place) {
    return target -> asm.mov(target, place);
  }

  Argument word(Enum<?> local) {
    return word(Frame.word(local));
  }

  Argument number(int value) {
    return target -> asm.mov(target, value);
  }

  Argument address(Gpr base, int place) {
    return target -> asm.lea(target, Mem.at(base, place));
  }

  Argument address(Label label) {
    return target -> asm.lea(target, Mem.at(label));
  }

  /**
   * Calls a function.
   *
   * @param function declares as many arguments
   * @param address where its address lies
   * @param arguments in their order; none may need a register that arguments are passed in
   */
  void call(Signature function, Mem address, Argument... arguments) {
    function.requireArguments(arguments.length);
    int inRegisters = Math.min(arguments.length, Frame.argumentRegisters());
    for (int i = arguments.length - 1; i >= inRegisters; i--) {
      arguments[i].load(RESULT);
      asm.push(RESULT);
    }
    for (int i = 0; i < inRegisters; i++) {
      arguments[i].load(Frame.argumentRegister(i));
    }
    asm.mov(RESULT, address);
    asm.call(RESULT);
    if (arguments.length > inRegisters) {
      asm.add(Gpr.RSP, (arguments.length - inRegisters) * Long.BYTES);
    }
  }
}
