package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Coefficients.*;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Mask;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;
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

  /** Less than, of numbers; false if one is none. */
  private static final int LESS = 17;

  /** Most significant bit of a lane. */
  private static final int SIGN = 31;

  private final Assembler asm;
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
  GeluCode(Assembler asm, Width width, Constants constants, int first) {
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

  /** {@code x = x / 2 · (1 + erf(x / √2))}. */
  void write(Vec x) {
    asm.emit(VectorOp.VMULPS, z, x, constants.of(SQRT_HALF));
    asm.emit(VectorOp.VANDPS, magnitude, z, constants.ofBits(ABSOLUTE));
    writeLarge();
    writeSmall();
    select();
    asm.emit(VectorOp.VADDPS, large, large, constants.of(1f));
    asm.emit(VectorOp.VMULPS, x, x, constants.of(0.5f));
    asm.emit(VectorOp.VMULPS, x, x, large);
  }

  /** {@code 1 − exp(Q(|z|))} with the sign of z. */
  private void writeLarge() {
    load(temp, ERF_SATURATED);
    // Of numbers that are none, the second operand is what comes out.
    asm.emit(VectorOp.VMINPS, temp, temp, magnitude);
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
    asm.emit(VectorOp.VSUBPS, large, temp, large);
    asm.emit(VectorOp.VXORPS, temp, z, magnitude);
    asm.emit(VectorOp.VORPS, large, large, temp);
  }

  /** {@code large = exp(large)}; another number that is none may become any. */
  private void writeExp() {
    load(exponent, LOG2_E);
    asm.emit(VectorOp.VFMADD213PS, exponent, large, constants.of(ROUND_TO_INTEGER));
    asm.emit(VectorOp.VSUBPS, temp, exponent, constants.of(ROUND_TO_INTEGER));
    asm.emit(VectorOp.VFMADD231PS, large, temp, constants.of(-LN2_HIGH));
    asm.emit(VectorOp.VFMADD231PS, large, temp, constants.of(-LN2_LOW));
    polynomial(small, large, EXP_4, EXP_3, EXP_2, EXP_1, EXP_0);
    asm.emit(VectorOp.VMULPS, temp, large, large);
    asm.emit(VectorOp.VFMADD213PS, small, temp, large);
    asm.emit(VectorOp.VADDPS, small, small, constants.of(1f));
    // The lowest bits are the integer; shifted, nothing else is left.
    asm.emit(VectorOp.VPSLLD, MANTISSA_BITS, exponent, exponent);
    asm.emit(VectorOp.VPADDD, large, small, exponent);
  }

  /** {@code z + z · P(z²)}. */
  private void writeSmall() {
    asm.emit(VectorOp.VMULPS, temp, z, z);
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
    asm.emit(VectorOp.VFMADD213PS, small, z, z);
  }

  /** The small ones' results instead of the large ones'. */
  private void select() {
    Mem split = constants.of(ERF_SPLIT);
    if (width == Width.ZMM) {
      asm.emit(VectorOp.VCMPPS, LESS, Mask.K1, magnitude, split);
      asm.emit(VectorOp.VBLENDMPS, Mask.K1, false, large, large, small);
      return;
    }
    // A sign in all bits of a lane is a mask; the rest takes the place of a blend.
    asm.emit(VectorOp.VSUBPS, magnitude, magnitude, split);
    asm.emit(VectorOp.VPSRAD, SIGN, magnitude, magnitude);
    asm.emit(VectorOp.VXORPS, small, small, large);
    asm.emit(VectorOp.VANDPS, small, small, magnitude);
    asm.emit(VectorOp.VXORPS, large, large, small);
  }

  /** {@code result = (… (c₀ · x + c₁) · x + …) + cₙ}, each step fused. */
  private void polynomial(Vec result, Vec x, float... coefficients) {
    load(result, coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      asm.emit(VectorOp.VFMADD213PS, result, x, constants.of(coefficients[i]));
    }
  }

  private void load(Vec target, float value) {
    asm.emit(VectorOp.VMOVUPS_LOAD, target, constants.of(value));
  }
}
