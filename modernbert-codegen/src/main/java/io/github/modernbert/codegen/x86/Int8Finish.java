package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;

/**
 * The end of products of integers: for each row {@code y = residual + (((float) sum · scale +
 * extra) · feature scale + bias)}; see {@link io.github.modernbert.kernels.Quantization}. What
 * follows is in registers, and in memory that {@link Int8Code} names.
 */
public final class Int8Finish {
  /** Scales of rows; moves on. */
  static final Gpr SCALES = Gpr.RDX;

  /** For each row where what is added begins in {@link Int8Code#EXTRAS}; moves on. */
  static final Gpr OFFSETS = Gpr.RCX;

  /** Of the panel's features, as the next two. */
  static final Gpr FEATURE_SCALES = Gpr.R9;

  /** What sums begin with. */
  static final Gpr SHIFTS = Gpr.R12;

  static final Gpr BIAS = Gpr.R13;

  /** What is added to y; moves on. */
  static final Gpr RESIDUAL = Gpr.R14;

  /** Moves on. */
  static final Gpr RESULT = Gpr.R15;

  public static final int VECTORS = 2;

  private static final Gpr EXTRA = Gpr.RAX;

  private final Assembler asm;
  private final boolean hasExtras;
  private final boolean hasBias;
  private final boolean hasResidual;

  /**
   * @param hasExtras whether there are second rows
   */
  Int8Finish(Assembler asm, boolean hasExtras, boolean hasBias, boolean hasResidual) {
    this.asm = asm;
    this.hasExtras = hasExtras;
    this.hasBias = hasBias;
    this.hasResidual = hasResidual;
  }

  /**
   * One row.
   *
   * @param sums a register for each vector, with the sums in it
   */
  void write(Vec... sums) {
    if (hasExtras) {
      asm.mov(EXTRA, Mem.at(OFFSETS, 0));
      asm.arithmetic(Arithmetic.ADD, EXTRA, Int8Code.EXTRAS);
      asm.arithmetic(Arithmetic.ADD, OFFSETS, Long.BYTES);
    }
    for (int v = 0; v < VECTORS; v++) {
      Vec sum = sums[v];
      asm.emit(VectorOp.VCVTDQ2PS, sum, sum);
      asm.emit(VectorOp.VMULPS, sum, sum, Mem.at(SCALES, 0).broadcasted());
      add(hasExtras, sum, EXTRA, v);
      asm.emit(VectorOp.VMULPS, sum, sum, vector(FEATURE_SCALES, v));
      add(hasBias, sum, BIAS, v);
      add(hasResidual, sum, RESIDUAL, v);
      asm.emit(VectorOp.VMOVUPS_STORE, vector(RESULT, v), sum);
    }
    asm.arithmetic(Arithmetic.ADD, SCALES, Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, RESULT, Int8Code.RESULT_STRIDE);
    if (hasResidual) {
      asm.arithmetic(Arithmetic.ADD, RESIDUAL, Int8Code.RESIDUAL_STRIDE);
    }
  }

  private void add(boolean given, Vec sum, Gpr what, int v) {
    if (given) {
      asm.emit(VectorOp.VADDPS, sum, sum, vector(what, v));
    }
  }

  static Mem vector(Gpr base, int number) {
    return Mem.at(base, number * Width.ZMM.bytes());
  }
}
