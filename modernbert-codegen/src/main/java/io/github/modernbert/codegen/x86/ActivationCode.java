package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.VectorOp;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Reduction;

/**
 * GELU of an array, and of the panel of a gated product. Numbers are passed as {@code long},
 * distances in bytes.
 *
 * <pre>{@code
 * void activate(x, steps)
 * void gate(u, g, y, yStride, rows)
 * }</pre>
 *
 * A step is of {@link Reduction#LANES} floats; {@code gate} writes {@code y = GELU(u) · g} to rows
 * of one panel.
 */
public final class ActivationCode {
  private static final int STEP_BYTES = Reduction.LANES * Float.BYTES;

  private final Assembler asm;
  private final KernelShape shape;
  private final Constants constants;

  ActivationCode(Assembler asm, KernelShape shape, Constants constants) {
    this.asm = asm;
    this.shape = shape;
    this.constants = constants;
  }

  void writeActivate(Label entry) {
    Gpr x = Gpr.RDI;
    Gpr steps = Gpr.RSI;
    var next = new Label();
    begin(entry, next);
    for (int at = 0; at < STEP_BYTES; at += shape.width().bytes()) {
      gelu(Mem.at(x, at));
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(x, at), result());
    }
    asm.arithmetic(Arithmetic.ADD, x, STEP_BYTES);
    end(steps, next);
  }

  void writeGate(Label entry) {
    Gpr u = Gpr.RDI;
    Gpr g = Gpr.RSI;
    Gpr y = Gpr.RDX;
    Gpr yStride = Gpr.RCX;
    Gpr rows = Gpr.R8;
    var next = new Label();
    begin(entry, next);
    for (int v = 0; v < shape.vectors(); v++) {
      int at = v * shape.width().bytes();
      gelu(Mem.at(u, at));
      asm.emit(VectorOp.VMULPS, result(), result(), Mem.at(g, at));
      asm.emit(VectorOp.VMOVUPS_STORE, Mem.at(y, at), result());
    }
    asm.arithmetic(Arithmetic.ADD, u, shape.panelBytes());
    asm.arithmetic(Arithmetic.ADD, g, shape.panelBytes());
    asm.arithmetic(Arithmetic.ADD, y, yStride);
    end(rows, next);
  }

  private void begin(Label entry, Label next) {
    asm.align(64);
    asm.bind(entry);
    asm.bind(next);
  }

  private void end(Gpr count, Label next) {
    asm.dec(count);
    asm.jump(Condition.NOT_EQUAL, next);
    asm.vzeroupper();
    asm.ret();
  }

  private void gelu(Mem from) {
    asm.emit(VectorOp.VMOVUPS_LOAD, result(), from);
    new GeluCode(asm, shape.width(), constants, 1).write(result());
  }

  private Vec result() {
    return shape.width().register(0);
  }
}
