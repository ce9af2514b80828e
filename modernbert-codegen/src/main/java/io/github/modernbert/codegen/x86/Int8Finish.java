package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;

/**
 * The end of products of integers: computes for each row {@code y = residual + (((float) sum ·
 * scale + extra) · feature scale + bias)}; see {@link io.github.modernbert.kernels.Quantization}.
 * Operands are in the registers below, and in memory that {@link Int8Code} names.
 *
 * @param hasExtras whether there are second rows
 */
record Int8Finish(
    X86Assembler asm, Width width, boolean hasExtras, boolean hasBias, boolean hasResidual) {
  /** Scales of rows; moves on. */
  static final Gpr SCALES = Frame.register(Int8Code.PRODUCT, "scales");

  /** For each row the place of its second row's products in {@link Int8Code#EXTRAS}; moves on. */
  static final Gpr OFFSETS = Frame.register(Int8Code.PRODUCT, "offsets");

  /** Scales of the panel's features. */
  static final Gpr FEATURE_SCALES = Frame.register(Int8Code.PRODUCT, "featureScales");

  /** Integers that sums of the panel's features begin with. */
  static final Gpr SHIFTS = Gpr.R12;

  /** Biases of the panel's features. */
  static final Gpr BIAS = Gpr.R13;

  /** Rows that are added to results; moves on. */
  static final Gpr RESIDUAL = Gpr.R14;

  /** Results; moves on. */
  static final Gpr RESULT = Gpr.R15;

  /** Vectors of a panel. */
  static final int VECTORS = 2;

  private static final Gpr EXTRA = Gpr.RAX;

  /**
   * Finishes one row.
   *
   * @param scale a register that is overwritten
   * @param sums a register for each vector, with the sums in it
   */
  void write(Vec scale, Vec... sums) {
    if (hasExtras) {
      asm.mov(EXTRA, Mem.at(OFFSETS, 0));
      asm.add(EXTRA, Int8Code.EXTRAS);
      asm.add(OFFSETS, Long.BYTES);
    }
    asm.vbroadcastss(scale, Mem.at(SCALES, 0));
    for (int v = 0; v < VECTORS; v++) {
      Vec sum = sums[v];
      asm.vcvtdq2ps(sum, sum);
      asm.vmulps(sum, sum, scale);
      add(hasExtras, sum, EXTRA, v);
      asm.vmulps(sum, sum, vector(FEATURE_SCALES, v));
      add(hasBias, sum, BIAS, v);
      add(hasResidual, sum, RESIDUAL, v);
      asm.vmovups(vector(RESULT, v), sum);
    }
    asm.add(SCALES, Float.BYTES);
    asm.add(RESULT, Int8Code.RESULT_STRIDE);
    if (hasResidual) {
      asm.add(RESIDUAL, Int8Code.RESIDUAL_STRIDE);
    }
  }

  private void add(boolean given, Vec sum, Gpr what, int v) {
    if (given) {
      asm.vaddps(sum, sum, vector(what, v));
    }
  }

  Mem vector(Gpr base, int number) {
    return Mem.at(base, number * width.bytes());
  }
}
