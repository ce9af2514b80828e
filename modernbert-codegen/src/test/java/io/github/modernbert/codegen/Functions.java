package io.github.modernbert.codegen;

import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.runtime.FunctionGroup;

/** Calls generated functions with operands that the kernels would not make. */
final class Functions {
  private Functions() {}

  /** Calls a function; whole numbers of any size become {@code long}. */
  static Object call(FunctionGroup group, Signature signature, Object... arguments) {
    try {
      return group.function(signature).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(signature.name(), e);
    }
  }
}
