package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;

/** The functions that work on rows between products. */
public final class RowsCode {
  private RowsCode() {}

  /** Writes all functions for one shape. */
  public static void write(X86Assembler asm, KernelShape shape) {
    var constants = new Constants();
    new NormCode(asm, shape.width(), constants).write();
    new SplitCode(asm, shape).write();
    new ActivationCode(asm, shape, constants).write();
    constants.write(asm);
  }
}
