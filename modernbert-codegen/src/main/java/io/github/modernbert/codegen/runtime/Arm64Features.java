package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.CpuFeature;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.EnumSet;
import java.util.Set;

/** Finds out the features of an AArch64 processor, as the system says. */
final class Arm64Features {
  // Words of the auxiliary vector, and bits in them.
  private static final long HWCAP = 16;
  private static final int ASIMDDP = 20;
  private static final long HWCAP2 = 26;
  private static final int I8MM = 13;

  private Arm64Features() {}

  /** Asks the C library for what the system told the process when it started. */
  static Set<CpuFeature> detect() {
    Linker linker = Linker.nativeLinker();
    MethodHandle value =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("getauxval"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      long first = (long) value.invokeExact(HWCAP);
      long second = (long) value.invokeExact(HWCAP2);
      Set<CpuFeature> features = EnumSet.of(CpuFeature.NEON);
      if ((first >> ASIMDDP & 1) != 0) {
        features.add(CpuFeature.DOTPROD);
      }
      if ((second >> I8MM & 1) != 0) {
        features.add(CpuFeature.I8MM);
      }
      return features;
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
