package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.codegen.spec.ProductFunctions.PACK;
import static io.github.modernbert.codegen.spec.ProductFunctions.ROW_BYTES;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.kernels.Reduction;

/** Generates {@link io.github.modernbert.codegen.spec.ProductFunctions#PACK}. */
final class Arm64PackCode {
  private static final XReg SOURCE = Arm64Frame.register(PACK, "source");
  private static final XReg SOURCE_STRIDE = Arm64Frame.register(PACK, "sourceStride");
  private static final XReg ROWS = Arm64Frame.register(PACK, "rows");
  private static final XReg DEPTH = Arm64Frame.register(PACK, "depth");
  private static final XReg TARGET = Arm64Frame.register(PACK, "target");
  private static final XReg BLOCK_STRIDE = Arm64Frame.register(PACK, "blockStride");

  private static final XReg FROM = XReg.X9;
  private static final XReg TO = XReg.X10;
  private static final XReg LEFT = XReg.X11;

  private final Arm64Assembler asm;

  Arm64PackCode(Arm64Assembler asm) {
    this.asm = asm;
  }

  void write() {
    asm.align(64);
    asm.function(PACK);
    var row = new Label();
    var block = new Label();
    asm.bind(row);
    asm.mov(FROM, SOURCE);
    asm.mov(TO, TARGET);
    asm.mov(LEFT, DEPTH);
    asm.bind(block);
    writeBlock();
    asm.add(FROM, FROM, DEPTH_BLOCK * Float.BYTES);
    asm.add(TO, TO, BLOCK_STRIDE);
    asm.sub(LEFT, LEFT, DEPTH_BLOCK);
    asm.cmp(LEFT, 0);
    asm.bgt(block);
    asm.add(SOURCE, SOURCE, SOURCE_STRIDE);
    asm.add(TARGET, TARGET, ROW_BYTES);
    asm.sub(ROWS, ROWS, 1);
    asm.cbnz(ROWS, row);
    asm.ret();
  }

  /** Copies a block of a row, 16 columns at once. */
  private void writeBlock() {
    var done = new Label();
    Vec first = Width.XMM.register(0);
    Vec second = Width.XMM.register(1);
    for (int column = 0; column < DEPTH_BLOCK; column += Reduction.LANES) {
      asm.cmp(LEFT, column);
      asm.ble(done);
      for (int i = 0; i < Reduction.LANES; i += 2 * Width.XMM.floats()) {
        int at = (column + i) * Float.BYTES;
        asm.ldp(first, second, FROM, at);
        asm.stp(first, second, TO, at);
      }
    }
    asm.bind(done);
  }
}
