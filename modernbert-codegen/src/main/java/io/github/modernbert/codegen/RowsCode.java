package io.github.modernbert.codegen;

/** The functions that work on rows between products, generated for one shape. */
final class RowsCode {
  /** See {@link NormCode}. */
  final Label norm = new Label();

  /** See {@link SplitCode}. */
  final Label turn = new Label();

  final Label keys = new Label();
  final Label values = new Label();

  /** See {@link ActivationCode}. */
  final Label activate = new Label();

  final Label gate = new Label();

  private final KernelShape shape;

  RowsCode(KernelShape shape) {
    this.shape = shape;
  }

  byte[] generate() {
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
