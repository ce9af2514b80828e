package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.kernels.Reduction;

/**
 * {@code void pack(source, sourceStride, rows, depth, target, blockStride)}: copies rows into
 * blocks of {@code DEPTH_BLOCK} columns, one row after the other. Reads and writes up to the next
 * multiple of 16 columns.
 */
public final class PackCode {
  private static final Gpr SOURCE = Gpr.RDI;
  private static final Gpr SOURCE_STRIDE = Gpr.RSI;
  private static final Gpr ROWS = Gpr.RDX;
  private static final Gpr DEPTH = Gpr.RCX;
  private static final Gpr TARGET = Gpr.R8;
  private static final Gpr BLOCK_STRIDE = Gpr.R9;

  private static final Gpr FROM = Gpr.RAX;
  private static final Gpr TO = Gpr.R10;
  private static final Gpr LEFT = Gpr.R11;

  /** Columns that are copied at once. */
  private static final int STEP = Reduction.LANES;

  private final Assembler asm;
  private final Width width;

  PackCode(Assembler asm, Width width) {
    this.asm = asm;
    this.width = width;
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
    asm.arithmetic(Arithmetic.ADD, FROM, DEPTH_BLOCK * Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, TO, BLOCK_STRIDE);
    asm.arithmetic(Arithmetic.SUB, LEFT, DEPTH_BLOCK);
    asm.jump(Condition.GREATER, block);
    asm.arithmetic(Arithmetic.ADD, SOURCE, SOURCE_STRIDE);
    asm.arithmetic(Arithmetic.ADD, TARGET, TileCode.ROW_BYTES);
    asm.dec(ROWS);
    asm.jump(Condition.NOT_EQUAL, row);
    asm.vzeroupper();
    asm.ret();
  }

  private void writeBlock() {
    var done = new Label();
    Vec copy = width.register(0);
    for (int column = 0; column < DEPTH_BLOCK; column += STEP) {
      asm.arithmetic(Arithmetic.CMP, LEFT, column);
      asm.jump(Condition.LESS_OR_EQUAL, done);
      for (int i = 0; i < STEP; i += width.floats()) {
        int at = (column + i) * Float.BYTES;
        asm.emit(VectorOp.VMOVUPS_LOAD, copy, Mem.at(FROM, at));
        asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(TO, at), copy);
      }
    }
    asm.bind(done);
  }
}
