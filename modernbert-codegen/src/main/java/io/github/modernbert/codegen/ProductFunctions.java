package io.github.modernbert.codegen;

import java.util.Optional;

/** Code of the functions that {@link ProductCode} describes, and where they begin. */
sealed interface ProductFunctions permits ProductCode, Arm64ProductCode {
  /** Writes the code, once. */
  byte[] generate();

  Label product();

  /** The same for panels of bfloat16, if there is such code. */
  default Optional<Label> productOfBFloat16() {
    return Optional.empty();
  }

  Label panels();

  Label pack();
}
