package io.github.modernbert.codegen.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What an AArch64 processor can do beyond what all of them can, as the system says.
 *
 * @param dotProduct {@code sdot}: sums of four products of 8-bit integers
 * @param matrixProduct {@code smmla}: products of matrices of 2 × 8 such integers
 */
record Arm64Features(boolean dotProduct, boolean matrixProduct) {
  // Words of the auxiliary vector, and bits in them.
  private static final long HWCAP = 16;
  private static final int ASIMDDP = 20;
  private static final long HWCAP2 = 26;
  private static final int I8MM = 13;

  /** Whether there are products of 8-bit integers of some kind. */
  boolean int8() {
    return dotProduct || matrixProduct;
  }

  /** Asks the C library for what the system told the process when it started. */
  static Arm64Features detect() {
    Linker linker = Linker.nativeLinker();
    MethodHandle value =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("getauxval"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      long first = (long) value.invokeExact(HWCAP);
      long second = (long) value.invokeExact(HWCAP2);
      return new Arm64Features((first >> ASIMDDP & 1) != 0, (second >> I8MM & 1) != 0);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
