package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.MachineCode;
import io.github.modernbert.codegen.asm.Signature;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/**
 * Machine code that can be called. Its memory is written first and sealed then: at no time can it
 * be both written and executed.
 */
public final class ExecutableMemory {
  /** Makes machine code callable; {@link ExecutableMemory#seal} but in tests. */
  @FunctionalInterface
  interface Sealer {
    ExecutableMemory seal(Arena arena, MachineCode code);
  }

  private final MemorySegment memory;
  private final Map<String, Integer> entries;

  private ExecutableMemory(MemorySegment memory, Map<String, Integer> entries) {
    this.memory = memory;
    this.entries = entries;
  }

  /**
   * Copies code into memory of its own, which is unmapped when the arena closes.
   *
   * @throws UnsupportedOperationException if the system does not allow it
   */
  public static ExecutableMemory seal(Arena arena, MachineCode code) {
    MemorySegment memory = SystemCalls.map(arena, code.bytes().length);
    memory.copyFrom(MemorySegment.ofArray(code.bytes()));
    InstructionCache.synchronize(memory);
    SystemCalls.protect(memory, SystemCalls.PROT_READ | SystemCalls.PROT_EXEC);
    return new ExecutableMemory(memory.asReadOnly(), code.entries());
  }

  /**
   * A function of the code. Calls must be short: no garbage is collected meanwhile, so that
   * functions may work on arrays.
   *
   * @throws IllegalArgumentException if the function is not in this memory
   */
  public MethodHandle function(Signature signature) {
    return Linker.nativeLinker()
        .downcallHandle(entry(signature), signature.descriptor(), Linker.Option.critical(true));
  }

  /**
   * The address at which a function begins.
   *
   * @throws IllegalArgumentException if the function is not in this memory
   */
  long address(Signature signature) {
    return entry(signature).address();
  }

  private MemorySegment entry(Signature signature) {
    Integer entry = entries.get(signature.name());
    if (entry == null) {
      throw new IllegalArgumentException("there is no code of " + signature.name());
    }
    return memory.asSlice(entry);
  }
}
