package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Coefficients.*;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Operand;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.asm.Width;
import java.util.ArrayList;
import java.util.List;

/**
 * The exponential function of numbers that are not positive, on some vectors at a time that do not
 * wait for each other: the bits of {@link io.github.modernbert.kernels.FloatMath#exp}, with fewer
 * operations.
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
  /** Registers for each vector: the argument and result, and three more. */
  private static final int REGISTERS = 4;

  /** The second power of two. */
  private static final int DOWN = 24;

  /** n + DOWN is added to 127, the bias of exponents, in the low bits of the sum that rounds. */
  private static final float ROUND_AND_BIAS = ROUND_TO_INTEGER + 127 + DOWN;

  private static final int MANTISSA_BITS = 23;

  private final Assembler asm;
  private final Width width;

  /** Vectors at a time. */
  final int vectors;

  private final Constants constants;
  private final List<Runnable> loads = new ArrayList<>();
  private final int lastRegister;
  private int nextRegister;

  private final Vec lowest;
  private final Operand log2e;
  private final Operand rounding;
  private final Operand ln2High;
  private final Operand ln2Low;
  private final Operand c4;
  private final Operand c3;
  private final Operand c2;
  private final Operand c1;
  private final Operand c0;
  private final Operand down;

  /**
   * Takes the lowest registers for vectors, and those from {@code firstConstant} on for constants,
   * as many as there are.
   */
  ExpCode(Assembler asm, Width width, int vectors, int firstConstant, Constants constants) {
    this.asm = asm;
    this.width = width;
    this.vectors = vectors;
    this.constants = constants;
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

  /** In a register if one is left. */
  private Operand constant(float value) {
    Mem memory = constants.of(value);
    if (nextRegister > lastRegister) {
      return memory;
    }
    Vec register = width.register(nextRegister++);
    loads.add(() -> asm.emit(VectorOp.VMOVUPS_LOAD, register, memory));
    return register;
  }

  /** The registers that are not given away, the first of them. */
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

  /** {@code value = exp(value)} for the first vectors; NaN stays NaN. */
  void write(int count) {
    // A maximum is its second operand where that is NaN.
    each(count, VectorOp.VMAXPS, v -> ops(value(v), lowest, value(v)));
    each(count, VectorOp.VMOVUPS_LOAD, v -> ops(shifted(v), rounding));
    each(count, VectorOp.VFMADD231PS, v -> ops(shifted(v), value(v), log2e));
    each(count, VectorOp.VSUBPS, v -> ops(n(v), shifted(v), rounding));
    each(count, VectorOp.VFMADD231PS, v -> ops(value(v), n(v), ln2High));
    each(count, VectorOp.VFMADD231PS, v -> ops(value(v), n(v), ln2Low));
    each(count, VectorOp.VMOVUPS_LOAD, v -> ops(polynomial(v), c4));
    each(count, VectorOp.VFMADD213PS, v -> ops(polynomial(v), value(v), c3));
    each(count, VectorOp.VMULPS, v -> ops(n(v), value(v), value(v)));
    each(count, VectorOp.VFMADD213PS, v -> ops(polynomial(v), value(v), c2));
    for (int v = 0; v < count; v++) {
      asm.emit(VectorOp.VPSLLD, MANTISSA_BITS, shifted(v), shifted(v));
    }
    each(count, VectorOp.VFMADD213PS, v -> ops(polynomial(v), value(v), c1));
    each(count, VectorOp.VFMADD213PS, v -> ops(polynomial(v), value(v), c0));
    each(count, VectorOp.VFMADD231PS, v -> ops(value(v), n(v), polynomial(v)));
    each(count, VectorOp.VFMADD213PS, v -> ops(value(v), shifted(v), shifted(v)));
    each(count, VectorOp.VMULPS, v -> ops(value(v), value(v), down));
  }

  private Vec shifted(int v) {
    return temporary(v, 0);
  }

  /** n, and r² later. */
  private Vec n(int v) {
    return temporary(v, 1);
  }

  private Vec polynomial(int v) {
    return temporary(v, 2);
  }

  private static Operand[] ops(Operand... operands) {
    return operands;
  }

  private interface Operands {
    Operand[] of(int vector);
  }

  private void each(int count, VectorOp op, Operands operands) {
    for (int v = 0; v < count; v++) {
      asm.emit(op, operands.of(v));
    }
  }
}
