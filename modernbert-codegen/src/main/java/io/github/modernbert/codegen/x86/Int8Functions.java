package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.X86Assembler;

/** The functions for products of 8-bit integers. */
public final class Int8Functions {
  private Int8Functions() {}

  /** Writes all functions, products by AMX if the code may use it, otherwise by AVX-512 VNNI. */
  public static void write(X86Assembler asm) {
    var constants = new Constants();
    new QuantizeCode(asm, constants).write();
    Int8Tiles tiles = asm.allows(CpuFeature.AMX_INT8) ? new AmxCode(asm) : new DotCode(asm);
    new Int8Code(asm, tiles).write();
    constants.write(asm);
  }
}
