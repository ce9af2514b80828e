package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.runtime.ExecutableMemory.Sealer;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The generated functions of a processor in memory, where they stay as long as something refers to
 * them. Safe for use by several threads.
 */
final class NativeCode {
  private final Architecture architecture;
  private final Sealer sealer;
  private final Map<FunctionGroup, ExecutableMemory> sealed = new EnumMap<>(FunctionGroup.class);
  private Optional<String> refusal = Optional.empty();

  NativeCode(Architecture architecture, Sealer sealer) {
    this.architecture = architecture;
    this.sealer = sealer;
  }

  Architecture architecture() {
    return architecture;
  }

  /**
   * The memory of some functions, which are generated and sealed when they are first wanted.
   *
   * @throws UnsupportedOperationException if the system refuses memory for them
   */
  synchronized ExecutableMemory memory(FunctionGroup group) {
    try {
      return sealed.computeIfAbsent(group, this::seal);
    } catch (UnsupportedOperationException e) {
      refusal =
          Optional.of("the system granted memory for code and now refuses more: " + e.getMessage());
      throw new UnsupportedOperationException(refusal.get(), e);
    }
  }

  private ExecutableMemory seal(FunctionGroup group) {
    return sealer.seal(Arena.ofAuto(), architecture.generate(group, null));
  }

  /** What the system said when it refused memory for some functions; empty if it never did. */
  synchronized Optional<String> refusal() {
    return refusal;
  }
}
