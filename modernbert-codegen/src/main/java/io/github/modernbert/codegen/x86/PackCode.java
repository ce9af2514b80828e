package io.github.modernbert.codegen.x86;

import static io.github.modernbert.codegen.spec.ProductFunctions.PACK;
import static io.github.modernbert.codegen.spec.ProductFunctions.ROW_BYTES;
import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.kernels.Reduction;

/** Generates {@link io.github.modernbert.codegen.spec.ProductFunctions#PACK}. */
public final class PackCode {
  private static final Gpr SOURCE = Frame.register(PACK, "source");
  private static final Gpr SOURCE_STRIDE = Frame.register(PACK, "sourceStride");
  private static final Gpr ROWS = Frame.register(PACK, "rows");
  private static final Gpr DEPTH = Frame.register(PACK, "depth");
  private static final Gpr TARGET = Frame.register(PACK, "target");
  private static final Gpr BLOCK_STRIDE = Frame.register(PACK, "blockStride");

  private static final Gpr FROM = Gpr.RAX;
  private static final Gpr TO = Gpr.R10;
  private static final Gpr LEFT = Gpr.R11;

  /** Columns that are copied at once. */
  private static final int STEP = Reduction.LANES;

  private final X86Assembler asm;
  private final Width width;

  PackCode(X86Assembler asm, Width width) {
    this.asm = asm;
    this.width = width;
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
    asm.add(FROM, DEPTH_BLOCK * Float.BYTES);
    asm.add(TO, BLOCK_STRIDE);
    asm.sub(LEFT, DEPTH_BLOCK);
    asm.jg(block);
    asm.add(SOURCE, SOURCE_STRIDE);
    asm.add(TARGET, ROW_BYTES);
    asm.dec(ROWS);
    asm.jne(row);
    asm.vzeroupper();
    asm.ret();
  }

  private void writeBlock() {
    var done = new Label();
    Vec copy = width.register(0);
    for (int column = 0; column < DEPTH_BLOCK; column += STEP) {
      asm.cmp(LEFT, column);
      asm.jle(done);
      for (int i = 0; i < STEP; i += width.floats()) {
        int at = (column + i) * Float.BYTES;
        asm.vmovups(copy, Mem.at(FROM, at));
        asm.vmovups(Mem.at(TO, at), copy);
      }
    }
    asm.bind(done);
  }
}
