package io.github.modernbert.codegen.arm64;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.Arm64Assembler.Condition;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.XReg;
import io.github.modernbert.codegen.x86.PackCode;
import io.github.modernbert.codegen.x86.TileCode;
import io.github.modernbert.kernels.Reduction;

/** The function that {@link PackCode} describes, for AArch64. */
final class Arm64PackCode {
  private static final XReg SOURCE = XReg.X0;
  private static final XReg SOURCE_STRIDE = XReg.X1;
  private static final XReg ROWS = XReg.X2;
  private static final XReg DEPTH = XReg.X3;
  private static final XReg TARGET = XReg.X4;
  private static final XReg BLOCK_STRIDE = XReg.X5;

  private static final XReg FROM = XReg.X9;
  private static final XReg TO = XReg.X10;
  private static final XReg LEFT = XReg.X11;

  private final Arm64Assembler asm;

  Arm64PackCode(Arm64Assembler asm) {
    this.asm = asm;
  }

  void write(Label entry) {
    asm.align(64);
    asm.bind(entry);
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
    asm.jump(Condition.GREATER, block);
    asm.add(SOURCE, SOURCE, SOURCE_STRIDE);
    asm.add(TARGET, TARGET, TileCode.ROW_BYTES);
    asm.sub(ROWS, ROWS, 1);
    asm.jumpIfNotZero(ROWS, row);
    asm.ret();
  }

  /** 16 columns at once. */
  private void writeBlock() {
    var done = new Label();
    Vec first = Width.XMM.register(0);
    Vec second = Width.XMM.register(1);
    for (int column = 0; column < DEPTH_BLOCK; column += Reduction.LANES) {
      asm.cmp(LEFT, column);
      asm.jump(Condition.LESS_OR_EQUAL, done);
      for (int i = 0; i < Reduction.LANES; i += 2 * Width.XMM.floats()) {
        int at = (column + i) * Float.BYTES;
        asm.ldp(first, second, FROM, at);
        asm.stp(first, second, TO, at);
      }
    }
    asm.bind(done);
  }
}
