package io.github.modernbert.codegen;

import java.util.Optional;

/** Code of the functions that {@link ProductCode} describes, and where they begin. */
abstract sealed class ProductFunctions permits ProductCode, Arm64ProductCode {
  final Label product = new Label();
  final Label panels = new Label();
  final Label pack = new Label();

  /** Writes the code, once. */
  abstract byte[] generate();

  /** The same product for panels of bfloat16, if there is such code. */
  Optional<Label> productOfBFloat16() {
    return Optional.empty();
  }
}
