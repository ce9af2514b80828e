package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Coefficients.*;

import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Mask;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.FloatMath;

/**
 * {@link Activation#GELU} of a vector: the operations of {@link FloatMath#erf} in their order, both
 * sides of the branch, and of {@link FloatMath#exp} those that matter for the exponents between −18
 * and 0 that erf has: no limits, and one factor 2ⁿ, which is exact and so is added to the bits of
 * the exponent.
 */
final class GeluCode {
  private static final int ABSOLUTE = 0x7FFFFFFF;

  /** Bits below the exponent of a float. */
  private static final int MANTISSA_BITS = 23;

  /** The predicate "less than", false if one of both is NaN. */
  private static final int LESS = 17;

  /** The most significant bit of a lane. */
  private static final int SIGN = 31;

  private final X86Assembler asm;
  private final Width width;
  private final Constants constants;
  private final Vec z;
  private final Vec magnitude;
  private final Vec small;
  private final Vec large;
  private final Vec exponent;
  private final Vec temp;

  /**
   * @param first of six registers to use
   */
  GeluCode(X86Assembler asm, Width width, Constants constants, int first) {
    this.asm = asm;
    this.width = width;
    this.constants = constants;
    z = width.register(first);
    magnitude = width.register(first + 1);
    small = width.register(first + 2);
    large = width.register(first + 3);
    exponent = width.register(first + 4);
    temp = width.register(first + 5);
  }

  /** Computes {@code x = x / 2 · (1 + erf(x / √2))}. */
  void write(Vec x) {
    asm.vmulps(z, x, constants.of(SQRT_HALF));
    asm.vandps(magnitude, z, constants.ofBits(ABSOLUTE));
    writeLarge();
    writeSmall();
    select();
    asm.vaddps(large, large, constants.of(1f));
    asm.vmulps(x, x, constants.of(0.5f));
    asm.vmulps(x, x, large);
  }

  /** Computes {@code 1 − exp(Q(|z|))} with the sign of z. */
  private void writeLarge() {
    load(temp, ERF_SATURATED);
    // The result is the second operand where that is NaN.
    asm.vminps(temp, temp, magnitude);
    polynomial(
        large,
        temp,
        ERF_LARGE_9,
        ERF_LARGE_8,
        ERF_LARGE_7,
        ERF_LARGE_6,
        ERF_LARGE_5,
        ERF_LARGE_4,
        ERF_LARGE_3,
        ERF_LARGE_2,
        ERF_LARGE_1,
        ERF_LARGE_0);
    writeExp();
    load(temp, 1f);
    asm.vsubps(large, temp, large);
    asm.vxorps(temp, z, magnitude);
    asm.vorps(large, large, temp);
  }

  /** Computes {@code large = exp(large)}; a NaN may become any number. */
  private void writeExp() {
    load(exponent, LOG2_E);
    asm.vfmadd213ps(exponent, large, constants.of(ROUND_TO_INTEGER));
    asm.vsubps(temp, exponent, constants.of(ROUND_TO_INTEGER));
    asm.vfmadd231ps(large, temp, constants.of(-LN2_HIGH));
    asm.vfmadd231ps(large, temp, constants.of(-LN2_LOW));
    polynomial(small, large, EXP_4, EXP_3, EXP_2, EXP_1, EXP_0);
    asm.vmulps(temp, large, large);
    asm.vfmadd213ps(small, temp, large);
    asm.vaddps(small, small, constants.of(1f));
    // The lowest bits are the integer; shifted, nothing else is left.
    asm.vpslld(exponent, exponent, MANTISSA_BITS);
    asm.vpaddd(large, small, exponent);
  }

  /** Computes {@code z + z · P(z²)}. */
  private void writeSmall() {
    asm.vmulps(temp, z, z);
    polynomial(
        small,
        temp,
        ERF_SMALL_6,
        ERF_SMALL_5,
        ERF_SMALL_4,
        ERF_SMALL_3,
        ERF_SMALL_2,
        ERF_SMALL_1,
        ERF_SMALL_0);
    asm.vfmadd213ps(small, z, z);
  }

  /** Takes the results of the branch for small numbers where |z| is small. */
  private void select() {
    Mem split = constants.of(ERF_SPLIT);
    if (width == Width.ZMM) {
      asm.vcmpps(Mask.K1, magnitude, split, LESS);
      asm.vblendmps(large.merging(Mask.K1), large, small);
      return;
    }
    // A sign in all bits of a lane is a mask; the rest takes the place of a blend.
    asm.vsubps(magnitude, magnitude, split);
    asm.vpsrad(magnitude, magnitude, SIGN);
    asm.vxorps(small, small, large);
    asm.vandps(small, small, magnitude);
    asm.vxorps(large, large, small);
  }

  /** Computes {@code result = (… (c₀ · x + c₁) · x + …) + cₙ}, each step fused. */
  private void polynomial(Vec result, Vec x, float... coefficients) {
    load(result, coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      asm.vfmadd213ps(result, x, constants.of(coefficients[i]));
    }
  }

  private void load(Vec target, float value) {
    asm.vmovups(target, constants.of(value));
  }
}
