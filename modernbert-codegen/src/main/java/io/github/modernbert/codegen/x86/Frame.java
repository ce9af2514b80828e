package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;

/**
 * The stack frame of functions of products (System V ABI for x86-64): what registers cannot hold
 * lies below the frame pointer, the arguments that came on the stack above it.
 */
final class Frame {
  /** What {@link TileCode} finds in the frame, in words. */
  enum Local {
    /** What becomes of a tile's sums: {@link TileCode#STORE} and so on. */
    ENDING,
    /** Depth of the block. */
    DEPTH,
    /** Distance of rows of sums that are not complete. */
    SUMS_STRIDE,
    /** Distance of rows of results. */
    RESULT_STRIDE,
    /** Distance of rows that are added to results. */
    RESIDUAL_STRIDE,
    /** How far prefetching goes on with each step; 0 when it is done. */
    PREFETCH_STEP,
    /** Where prefetching ends. */
    PREFETCH_END,
    /** Where results begin. */
    FIRST_RESULT,
    /** Depth that is left after this block. */
    DEPTH_LEFT,
    /** The whole depth, the height of tiles, where rows and panels begin: of several panels. */
    ALL_DEPTH,
    HEIGHT,
    FIRST_ROWS,
    FIRST_PANEL,
    /** Memory for a block of the panel as float32. */
    WIDENED,
    /** The block as it is. */
    PANEL_BLOCK,
    /** Tiles that are left to do. */
    TILES,
    /** Their code. */
    TILE_CODE
  }

  private static final Gpr[] SAVED = {Gpr.RBX, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15};

  /** Bytes; any number of words will do, since tiles do not expect an aligned stack. */
  private static final int LOCALS = Local.values().length * Long.BYTES;

  private Frame() {}

  static void enter(Assembler asm) {
    enter(asm, LOCALS);
  }

  /**
   * @param locals bytes below the saved registers
   */
  static void enter(Assembler asm, int locals) {
    asm.push(Gpr.RBP);
    asm.mov(Gpr.RBP, Gpr.RSP);
    for (Gpr register : SAVED) {
      asm.push(register);
    }
    asm.arithmetic(Arithmetic.SUB, Gpr.RSP, locals);
  }

  /** Also from a stack pointer that has been aligned. */
  static void leave(Assembler asm) {
    asm.vzeroupper();
    asm.lea(Gpr.RSP, Mem.at(Gpr.RBP, -SAVED.length * Long.BYTES));
    for (int i = SAVED.length - 1; i >= 0; i--) {
      asm.pop(SAVED[i]);
    }
    asm.pop(Gpr.RBP);
    asm.ret();
  }

  static Mem local(Local local) {
    return word(local);
  }

  /** One word of the frame for each constant. */
  static Mem word(Enum<?> name) {
    return Mem.at(Gpr.RBP, -(SAVED.length + 1 + name.ordinal()) * Long.BYTES);
  }

  /**
   * @param number from 0, of those that are on the stack
   */
  static Mem argument(int number) {
    return Mem.at(Gpr.RBP, (2 + number) * Long.BYTES);
  }
}
