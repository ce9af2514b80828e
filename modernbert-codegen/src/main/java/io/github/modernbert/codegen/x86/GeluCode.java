package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Coefficients.*;

import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mask;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.FloatMath;
import io.github.modernbert.kernels.Reduction;

/**
 * Generates the functions of {@link Activation#GELU}. Numbers are passed as {@code long}, distances
 * in bytes.
 *
 * <p>A vector goes through the operations of {@link FloatMath#erf} in their order, both sides of
 * the branch, and of {@link FloatMath#exp} those that matter for the exponents between −18 and 0
 * that erf has: no limits, and one factor 2ⁿ, which is exact and so is added to the bits of the
 * exponent.
 */
public final class GeluCode {
  /** Replaces an array of steps of {@link Reduction#LANES} floats by its activations. */
  public static final Signature ACTIVATE = Signature.of("void activate(address x, long steps)");

  /** Writes {@code y = GELU(u) · g} to rows of one panel. */
  public static final Signature GATE =
      Signature.of("void gate(address u, address g, address y, long yStride, long rows)");

  private static final int STEP_BYTES = Reduction.LANES * Float.BYTES;

  private static final int ABSOLUTE = 0x7FFFFFFF;

  /** Bits below the exponent of a float. */
  private static final int MANTISSA_BITS = 23;

  /** The predicate "less than", false if one of both is NaN. */
  private static final int LESS = 17;

  /** The most significant bit of a lane. */
  private static final int SIGN = 31;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Width width;
  private final Vec x;
  private final Vec z;
  private final Vec magnitude;
  private final Vec small;
  private final Vec large;
  private final Vec exponent;
  private final Vec temp;

  public GeluCode(X86Assembler asm, KernelShape shape) {
    this.asm = asm;
    this.shape = shape;
    width = shape.width();
    x = width.register(0);
    z = width.register(1);
    magnitude = width.register(2);
    small = width.register(3);
    large = width.register(4);
    exponent = width.register(5);
    temp = width.register(6);
  }

  /** Writes both functions. */
  public void write() {
    writeActivate();
    writeGate();
  }

  private void writeActivate() {
    Gpr values = Frame.register(ACTIVATE, "x");
    Label next = begin(ACTIVATE);
    for (int at = 0; at < STEP_BYTES; at += width.bytes()) {
      write(Mem.at(values, at));
      asm.vmovups(Mem.at(values, at), x);
    }
    asm.add(values, STEP_BYTES);
    end(Frame.register(ACTIVATE, "steps"), next);
  }

  private void writeGate() {
    Gpr u = Frame.register(GATE, "u");
    Gpr g = Frame.register(GATE, "g");
    Gpr y = Frame.register(GATE, "y");
    Label next = begin(GATE);
    for (int v = 0; v < shape.vectors(); v++) {
      int at = v * width.bytes();
      write(Mem.at(u, at));
      asm.vmulps(x, x, Mem.at(g, at));
      asm.vmovups(Mem.at(y, at), x);
    }
    asm.add(u, shape.panelBytes());
    asm.add(g, shape.panelBytes());
    asm.add(y, Frame.register(GATE, "yStride"));
    end(Frame.register(GATE, "rows"), next);
  }

  /** Begins a function that is a loop, and returns where the loop begins. */
  private Label begin(Signature signature) {
    asm.align(64);
    asm.function(signature);
    Label next = asm.label();
    return next;
  }

  private void end(Gpr count, Label next) {
    asm.dec(count);
    asm.jne(next);
    asm.vzeroupper();
    asm.ret();
  }

  /** Computes {@code x = x / 2 · (1 + erf(x / √2))} of a vector in memory. */
  private void write(Mem from) {
    asm.vmovups(x, from);
    asm.vmulps(z, x, asm.constant(SQRT_HALF));
    asm.vandps(magnitude, z, asm.constantBits(ABSOLUTE));
    writeLarge();
    writeSmall();
    select();
    asm.vaddps(large, large, asm.constant(1f));
    asm.vmulps(x, x, asm.constant(0.5f));
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
    asm.vfmadd213ps(exponent, large, asm.constant(ROUND_TO_INTEGER));
    asm.vsubps(temp, exponent, asm.constant(ROUND_TO_INTEGER));
    asm.vfmadd231ps(large, temp, asm.constant(-LN2_HIGH));
    asm.vfmadd231ps(large, temp, asm.constant(-LN2_LOW));
    polynomial(small, large, EXP_4, EXP_3, EXP_2, EXP_1, EXP_0);
    asm.vmulps(temp, large, large);
    asm.vfmadd213ps(small, temp, large);
    asm.vaddps(small, small, asm.constant(1f));
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
    Mem split = asm.constant(ERF_SPLIT);
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
      asm.vfmadd213ps(result, x, asm.constant(coefficients[i]));
    }
  }

  private void load(Vec target, float value) {
    asm.vmovups(target, asm.constant(value));
  }
}
