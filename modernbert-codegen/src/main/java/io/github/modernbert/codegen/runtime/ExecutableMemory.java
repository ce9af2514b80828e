package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Label;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Machine code that can be called. Its memory is written first and sealed then: at no time can it
 * be both written and executed.
 */
final class ExecutableMemory {
  private final MemorySegment code;

  private ExecutableMemory(MemorySegment code) {
    this.code = code;
  }

  /**
   * Copies code into memory of its own, which is unmapped when the arena closes.
   *
   * @throws UnsupportedOperationException if the system does not allow it
   */
  static ExecutableMemory seal(Arena arena, byte[] code) {
    MemorySegment memory = SystemCalls.map(arena, code.length);
    memory.copyFrom(MemorySegment.ofArray(code));
    InstructionCache.synchronize(memory);
    SystemCalls.protect(memory, SystemCalls.PROT_READ | SystemCalls.PROT_EXEC);
    return new ExecutableMemory(memory.asReadOnly());
  }

  /**
   * A function of the code. Calls must be short: no garbage is collected meanwhile, so that
   * functions may work on arrays.
   *
   * @param label where it begins
   */
  MethodHandle function(Label label, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(code.asSlice(label.position()), descriptor, Linker.Option.critical(true));
  }

  /** Where the code is. */
  long address() {
    return code.address();
  }
}
