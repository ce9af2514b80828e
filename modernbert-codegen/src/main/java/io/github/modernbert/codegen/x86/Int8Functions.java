package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Label;

/** All functions for products of integers. */
public final class Int8Functions {
  public final Label quantize = new Label();

  /** See {@link Int8Code}. */
  public final Label product = new Label();

  private final boolean amx;

  /**
   * @param amx whether products are done with AMX
   */
  public Int8Functions(boolean amx) {
    this.amx = amx;
  }

  public byte[] generate() {
    var asm = new Assembler();
    var constants = new Constants();
    new QuantizeCode(asm, constants).write(quantize);
    var rows = new Label();
    if (amx) {
      var code = new AmxCode(asm);
      code.write(rows);
      new Int8Code(asm).write(product, code::begin, rows, code::end);
    } else {
      new DotCode(asm).write(rows);
      new Int8Code(asm).write(product, () -> {}, rows, () -> {});
    }
    constants.write(asm);
    return asm.finish();
  }
}
