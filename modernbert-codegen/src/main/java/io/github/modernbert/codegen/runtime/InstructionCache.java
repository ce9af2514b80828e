package io.github.modernbert.codegen.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes code that was written as data visible to the fetch of instructions. x86-64 does so by
 * itself. On AArch64 the data cache must be cleaned and the instruction cache invalidated line by
 * line, by instructions that Java has not: {@code __clear_cache} of GCC's runtime library has them,
 * which is there wherever a program written in C++ runs. Linux does the same when it first maps a
 * page executable, but does not promise it. Other threads need no barrier of their own: until the
 * memory becomes executable, after this, they cannot have fetched anything from it.
 */
final class InstructionCache {
  private static final String LIBRARY = "libgcc_s.so.1";

  private static final boolean NEEDED = !System.getProperty("os.arch").equals("amd64");
  private static final @Nullable MethodHandle CLEAR = NEEDED ? find() : null;

  private InstructionCache() {}

  private static @Nullable MethodHandle find() {
    SymbolLookup library;
    try {
      library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
    } catch (IllegalArgumentException e) {
      return null;
    }
    var descriptor = FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    return library
        .find("__clear_cache")
        .map(function -> Linker.nativeLinker().downcallHandle(function, descriptor))
        .orElse(null);
  }

  /** Says why code that is written could not be run, or empty if it can. */
  static Optional<String> obstacle() {
    return NEEDED && CLEAR == null
        ? Optional.of("the system has no __clear_cache in " + LIBRARY)
        : Optional.empty();
  }

  /** Synchronizes code that has been written; called before it becomes executable. */
  static void synchronize(MemorySegment code) {
    if (CLEAR == null) {
      return;
    }
    try {
      CLEAR.invokeExact(code, code.asSlice(code.byteSize()));
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
