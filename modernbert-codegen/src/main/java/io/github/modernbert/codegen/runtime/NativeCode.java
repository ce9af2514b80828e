package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * All generated functions of a processor in memory. They are sealed together, before any of them is
 * used: a system that allows some pages and refuses others leads to other kernels as one does that
 * refuses all.
 */
record NativeCode(Architecture architecture, List<ExecutableMemory> memories) {
  /**
   * Generates and seals the code for a processor. It stays in memory as long as something refers to
   * it.
   *
   * @throws UnsupportedOperationException if the system does not allow it
   */
  static NativeCode of(Architecture architecture, Sealer sealer) {
    return new NativeCode(
        architecture,
        architecture.code().stream()
            .map(unit -> sealer.seal(Arena.ofAuto(), unit.generate()))
            .toList());
  }

  /** Whether there is such a function for this processor. */
  boolean has(Signature signature) {
    return memories.stream().anyMatch(memory -> memory.has(signature));
  }

  /** A function; see {@link ExecutableMemory#function}. */
  MethodHandle function(Signature signature) {
    return memory(signature).function(signature);
  }

  /** The address at which a function begins. */
  long address(Signature signature) {
    return memory(signature).address(signature);
  }

  private ExecutableMemory memory(Signature signature) {
    return memories.stream()
        .filter(memory -> memory.has(signature))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no code of " + signature.name() + " here"));
  }
}
