package io.github.modernbert.codegen.spec;

import io.github.modernbert.codegen.asm.Label;
import java.util.Optional;

/** Code of the functions that {@code ProductCode} describes, and where they begin. */
public abstract class ProductFunctions {
  public final Label product = new Label();
  public final Label panels = new Label();
  public final Label pack = new Label();

  /** Writes the code, once. */
  public abstract byte[] generate();

  /** The same product for panels of bfloat16, if there is such code. */
  public Optional<Label> productOfBFloat16() {
    return Optional.empty();
  }
}
