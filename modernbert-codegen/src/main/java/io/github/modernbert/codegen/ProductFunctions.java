package io.github.modernbert.codegen;

/** Code of the functions that {@link ProductCode} describes, and where they begin. */
sealed interface ProductFunctions permits ProductCode, Arm64ProductCode {
  /** Writes the code, once. */
  byte[] generate();

  Label product();

  Label panels();

  Label pack();
}
