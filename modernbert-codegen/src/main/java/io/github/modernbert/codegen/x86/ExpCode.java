package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Coefficients.*;

import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VecOrMem;
import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.asm.X86Assembler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The exponential function of numbers that are not positive, on several vectors at a time, which do
 * not wait for each other: the bits of {@link io.github.modernbert.kernels.FloatMath#exp}, with
 * fewer operations.
 *
 * <p>The argument is n · ln 2 + r, and n is from −151 to 0. {@code FloatMath} rounds e^r − 1 + 1
 * and then multiplies with two powers of two of which only the second product can round. Here 2^(n
 * + 24) is the factor of a fused multiply-add that adds it as well, which rounds the same since a
 * power of two changes no mantissa; and 2^−24 follows. For n = −151 the first factor is 0, not
 * 2^−127, and so is the result, without the underflow that would take a hundred cycles; it is 0 in
 * {@code FloatMath} too. For n = −150 the first product may be below the normal range: what is lost
 * there decides nothing, since the results are less than half of the least float, or more, by the
 * sum being less or more than 1.
 */
final class ExpCode {
  /** Registers of each vector: the argument and result, and three temporary ones. */
  private static final int REGISTERS = 4;

  /** The second power of two. */
  private static final int DOWN = 24;

  /** n + DOWN is added to 127, the bias of exponents, in the low bits of the sum that rounds. */
  private static final float ROUND_AND_BIAS = ROUND_TO_INTEGER + 127 + DOWN;

  private static final int MANTISSA_BITS = 23;

  private final X86Assembler asm;
  private final Width width;

  /** Vectors at a time. */
  final int vectors;

  private final List<Runnable> loads = new ArrayList<>();
  private final int lastRegister;
  private int nextRegister;

  private final Vec lowest;
  private final VecOrMem log2e;
  private final VecOrMem rounding;
  private final VecOrMem ln2High;
  private final VecOrMem ln2Low;
  private final VecOrMem c4;
  private final VecOrMem c3;
  private final VecOrMem c2;
  private final VecOrMem c1;
  private final VecOrMem c0;
  private final VecOrMem down;

  /**
   * Code that uses the lowest registers for vectors, and those from {@code firstConstant} on for
   * constants, as many as there are.
   */
  ExpCode(X86Assembler asm, Width width, int vectors, int firstConstant) {
    this.asm = asm;
    this.width = width;
    this.vectors = vectors;
    this.lastRegister = width == Width.ZMM ? 31 : 15;
    this.nextRegister = firstConstant;
    lowest = (Vec) constant(EXP_LOWEST);
    log2e = constant(LOG2_E);
    rounding = constant(ROUND_AND_BIAS);
    ln2High = constant(-LN2_HIGH);
    ln2Low = constant(-LN2_LOW);
    c4 = constant(EXP_4);
    c3 = constant(EXP_3);
    c2 = constant(EXP_2);
    c1 = constant(EXP_1);
    c0 = constant(EXP_0);
    down = constant(Math.scalb(1f, -DOWN));
  }

  /** A constant in a register if one is left, otherwise in memory. */
  private VecOrMem constant(float value) {
    Mem memory = asm.constant(value);
    if (nextRegister > lastRegister) {
      return memory;
    }
    Vec register = width.register(nextRegister++);
    loads.add(() -> asm.vmovups(register, memory));
    return register;
  }

  /** Registers that some vectors need: the number of the first free one. */
  static int registers(int vectors) {
    return vectors * REGISTERS;
  }

  /** Fills the registers of constants. */
  void loadConstants() {
    loads.forEach(Runnable::run);
  }

  /** The register of an argument, and of its result. */
  Vec value(int vector) {
    return width.register(REGISTERS * vector);
  }

  private Vec temporary(int vector, int number) {
    return width.register(REGISTERS * vector + 1 + number);
  }

  /** Computes {@code value = exp(value)} for the first vectors; NaN stays NaN. */
  void write(int count) {
    // A maximum is its second operand where that is NaN.
    each(count, v -> asm.vmaxps(value(v), lowest, value(v)));
    each(count, v -> asm.vmovups(shifted(v), rounding));
    each(count, v -> asm.vfmadd231ps(shifted(v), value(v), log2e));
    each(count, v -> asm.vsubps(n(v), shifted(v), rounding));
    each(count, v -> asm.vfmadd231ps(value(v), n(v), ln2High));
    each(count, v -> asm.vfmadd231ps(value(v), n(v), ln2Low));
    each(count, v -> asm.vmovups(polynomial(v), c4));
    each(count, v -> asm.vfmadd213ps(polynomial(v), value(v), c3));
    each(count, v -> asm.vmulps(n(v), value(v), value(v)));
    each(count, v -> asm.vfmadd213ps(polynomial(v), value(v), c2));
    each(count, v -> asm.vpslld(shifted(v), shifted(v), MANTISSA_BITS));
    each(count, v -> asm.vfmadd213ps(polynomial(v), value(v), c1));
    each(count, v -> asm.vfmadd213ps(polynomial(v), value(v), c0));
    each(count, v -> asm.vfmadd231ps(value(v), n(v), polynomial(v)));
    each(count, v -> asm.vfmadd213ps(value(v), shifted(v), shifted(v)));
    each(count, v -> asm.vmulps(value(v), value(v), down));
  }

  private Vec shifted(int v) {
    return temporary(v, 0);
  }

  /** The register of n, and of r² later. */
  private Vec n(int v) {
    return temporary(v, 1);
  }

  private Vec polynomial(int v) {
    return temporary(v, 2);
  }

  /** Writes an instruction for each of the first vectors. */
  private static void each(int count, IntConsumer instruction) {
    for (int v = 0; v < count; v++) {
      instruction.accept(v);
    }
  }
}
