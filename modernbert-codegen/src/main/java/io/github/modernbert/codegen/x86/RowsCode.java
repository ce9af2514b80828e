package io.github.modernbert.codegen.x86;

import io.github.modernbert.codegen.asm.Assembler;
import io.github.modernbert.codegen.asm.Constants;
import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.spec.KernelShape;

/** The functions that work on rows between products, generated for one shape. */
public final class RowsCode {
  /** See {@link NormCode}. */
  public final Label norm = new Label();

  /** See {@link SplitCode}. */
  public final Label turn = new Label();

  public final Label keys = new Label();
  public final Label values = new Label();

  /** See {@link ActivationCode}. */
  public final Label activate = new Label();

  public final Label gate = new Label();

  private final KernelShape shape;

  public RowsCode(KernelShape shape) {
    this.shape = shape;
  }

  public byte[] generate() {
    var asm = new Assembler();
    var constants = new Constants();
    new NormCode(asm, shape.width(), constants).write(norm);
    var split = new SplitCode(asm, shape);
    split.writeTurn(turn);
    split.writeKeys(keys);
    split.writeValues(values);
    var activations = new ActivationCode(asm, shape, constants);
    activations.writeActivate(activate);
    activations.writeGate(gate);
    constants.write(asm);
    return asm.finish();
  }
}
