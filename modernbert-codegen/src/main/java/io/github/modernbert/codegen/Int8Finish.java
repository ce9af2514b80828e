package io.github.modernbert.codegen;

import io.github.modernbert.codegen.ScalarOp.Arithmetic;

/**
 * The end of products of integers: for each row {@code y = residual + (((float) (sum − shift) ·
 * scale + extra) · feature scale + bias)}; see {@link io.github.modernbert.kernels.Quantization}.
 * What follows is in registers and arguments that {@link Int8Code} names.
 */
final class Int8Finish {
  /** Scales of rows; moves on. */
  static final Gpr SCALES = Gpr.RDX;

  /** For each row where what is added begins in {@link Int8Code#EXTRAS}; moves on. */
  static final Gpr OFFSETS = Gpr.RCX;

  /** Of the panel's features, as the next two. */
  static final Gpr FEATURE_SCALES = Gpr.R9;

  static final Gpr SHIFTS = Gpr.R12;
  static final Gpr BIAS = Gpr.R13;

  /** What is added to y; moves on. */
  static final Gpr RESIDUAL = Gpr.R14;

  /** Moves on. */
  static final Gpr RESULT = Gpr.R15;

  static final int VECTORS = 2;

  private static final Gpr EXTRA = Gpr.RAX;

  private final Assembler asm;

  Int8Finish(Assembler asm) {
    this.asm = asm;
  }

  /**
   * One row.
   *
   * @param sums a register for each vector, with the sums in it
   */
  void write(Vec... sums) {
    asm.mov(EXTRA, Mem.at(OFFSETS, 0));
    asm.arithmetic(Arithmetic.ADD, EXTRA, Int8Code.EXTRAS);
    for (int v = 0; v < VECTORS; v++) {
      Vec sum = sums[v];
      asm.emit(VectorOp.VPSUBD, sum, sum, vector(SHIFTS, v));
      asm.emit(VectorOp.VCVTDQ2PS, sum, sum);
      asm.emit(VectorOp.VMULPS, sum, sum, Mem.at(SCALES, 0).broadcasted());
      asm.emit(VectorOp.VADDPS, sum, sum, vector(EXTRA, v));
      asm.emit(VectorOp.VMULPS, sum, sum, vector(FEATURE_SCALES, v));
      asm.emit(VectorOp.VADDPS, sum, sum, vector(BIAS, v));
      asm.emit(VectorOp.VADDPS, sum, sum, vector(RESIDUAL, v));
      asm.emit(VectorOp.VMOVUPS_STORE, vector(RESULT, v), sum);
    }
    asm.arithmetic(Arithmetic.ADD, SCALES, Float.BYTES);
    asm.arithmetic(Arithmetic.ADD, OFFSETS, Long.BYTES);
    asm.arithmetic(Arithmetic.ADD, RESULT, Int8Code.RESULT_STRIDE);
    asm.arithmetic(Arithmetic.ADD, RESIDUAL, Int8Code.RESIDUAL_STRIDE);
  }

  static Mem vector(Gpr base, int number) {
    return Mem.at(base, number * Width.ZMM.bytes());
  }
}
