package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Gpr;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.asm.Mem;
import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.X86Assembler;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.kernels.Reduction;

/**
 * Generates the functions of the activation GELU. Numbers are passed as {@code long}, distances in
 * bytes.
 */
public final class ActivationCode {
  /** Replaces an array of steps of {@link Reduction#LANES} floats by its activations. */
  public static final Signature ACTIVATE = Signature.of("void activate(address x, long steps)");

  /** Writes {@code y = GELU(u) · g} to rows of one panel. */
  public static final Signature GATE =
      Signature.of("void gate(address u, address g, address y, long yStride, long rows)");

  private static final int STEP_BYTES = Reduction.LANES * Float.BYTES;

  private final X86Assembler asm;
  private final KernelShape shape;
  private final Constants constants;

  ActivationCode(X86Assembler asm, KernelShape shape, Constants constants) {
    this.asm = asm;
    this.shape = shape;
    this.constants = constants;
  }

  /** Writes both functions. */
  void write() {
    writeActivate();
    writeGate();
  }

  private void writeActivate() {
    Gpr x = Frame.register(ACTIVATE, "x");
    Label next = begin(ACTIVATE);
    for (int at = 0; at < STEP_BYTES; at += shape.width().bytes()) {
      gelu(Mem.at(x, at));
      asm.vmovups(Mem.at(x, at), result());
    }
    asm.add(x, STEP_BYTES);
    end(Frame.register(ACTIVATE, "steps"), next);
  }

  private void writeGate() {
    Gpr u = Frame.register(GATE, "u");
    Gpr g = Frame.register(GATE, "g");
    Gpr y = Frame.register(GATE, "y");
    Label next = begin(GATE);
    for (int v = 0; v < shape.vectors(); v++) {
      int at = v * shape.width().bytes();
      gelu(Mem.at(u, at));
      asm.vmulps(result(), result(), Mem.at(g, at));
      asm.vmovups(Mem.at(y, at), result());
    }
    asm.add(u, shape.panelBytes());
    asm.add(g, shape.panelBytes());
    asm.add(y, Frame.register(GATE, "yStride"));
    end(Frame.register(GATE, "rows"), next);
  }

  /** Begins a function that is a loop, and returns where the loop begins. */
  private Label begin(Signature signature) {
    var next = new Label();
    asm.align(64);
    asm.function(signature);
    asm.bind(next);
    return next;
  }

  private void end(Gpr count, Label next) {
    asm.dec(count);
    asm.jne(next);
    asm.vzeroupper();
    asm.ret();
  }

  private void gelu(Mem from) {
    asm.vmovups(result(), from);
    new GeluCode(asm, shape.width(), constants, 1).write(result());
  }

  private Vec result() {
    return shape.width().register(0);
  }
}
