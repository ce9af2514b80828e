package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Signature;
import java.lang.invoke.MethodHandle;

/**
 * Functions that are generated and sealed together, when one of them is first wanted. They can be
 * had where {@link CodegenSupport} knows no obstacle.
 */
public enum FunctionGroup {
  /** Products with weights of float32 and bfloat16. */
  PRODUCTS,
  /** Products with weights of 8-bit integers. */
  INT8,
  ATTENTION,
  /** Attention of layers of integers. */
  INT8_ATTENTION,
  /** Operations on rows between products. */
  ROWS,
  /** What weights go through as a model is loaded. */
  PACKING;

  /**
   * Generates and seals the functions, unless that has been done.
   *
   * @throws UnsupportedOperationException if the system refuses memory for code; from then on that
   *     is an {@linkplain CodegenSupport#obstacle obstacle}
   */
  public void prepare() {
    CodegenSupport.code().memory(this);
  }

  /**
   * A function; see {@link ExecutableMemory#function}. Callers keep it in a static field, a
   * constant for the just-in-time compiler, of a class that is initialised by the first call.
   *
   * @throws UnsupportedOperationException if the system refuses memory for code
   */
  public MethodHandle function(Signature signature) {
    return CodegenSupport.code().memory(this).function(signature);
  }

  /** The address at which a function begins, for code that calls it; see {@link #function}. */
  public long address(Signature signature) {
    return CodegenSupport.code().memory(this).address(signature);
  }
}
