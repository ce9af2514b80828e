package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Map;

/**
 * The generated functions of a processor in memory, where they stay as long as something refers to
 * them. Safe for use by several threads.
 */
final class NativeCode {
  private final Architecture architecture;
  private final Sealer sealer;
  private final Map<FunctionGroup, ExecutableMemory> sealed = new EnumMap<>(FunctionGroup.class);

  NativeCode(Architecture architecture, Sealer sealer) {
    this.architecture = architecture;
    this.sealer = sealer;
  }

  Architecture architecture() {
    return architecture;
  }

  /** The memory of some functions, which are generated and sealed when they are first wanted. */
  synchronized ExecutableMemory memory(FunctionGroup group) {
    return sealed.computeIfAbsent(group, this::seal);
  }

  private ExecutableMemory seal(FunctionGroup group) {
    try {
      return sealer.seal(Arena.ofAuto(), architecture.generate(group, null));
    } catch (UnsupportedOperationException e) {
      throw new IllegalStateException(
          "the system granted memory for code and now refuses more: %s; start java with -D%s=false"
              .formatted(e.getMessage(), CodegenSupport.SWITCH),
          e);
    }
  }
}
