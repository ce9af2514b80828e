package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Signature;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Calls of the system, on Linux: for memory, and for the use of tiles. Loading this class needs
 * native access.
 */
public final class SystemCalls {
  public static final int PROT_NONE = 0;
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final long MAP_FAILED = -1;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle MMAP =
      capturing(
          "long mmap(long address, long bytes, int protection, int flags, int file, long offset)");
  private static final MethodHandle MPROTECT =
      capturing("int mprotect(long address, long bytes, int protection)");

  /** Linked when memory is first unmapped: linking takes a fresh JVM milliseconds. */
  private static final class Unmapping {
    static final MethodHandle MUNMAP = capturing("int munmap(long address, long bytes)");
  }

  /** Linked where a processor has tiles. */
  private static final class ArchitectureControl {
    static final MethodHandle SYSCALL =
        capturing(
            "long syscall(long number, long first, long second)",
            Linker.Option.firstVariadicArg(1));
  }

  /** arch_prctl on x86-64. */
  private static final long ARCH_PRCTL = 158;

  private static final long ARCH_REQ_XCOMP_PERM = 0x1023;
  private static final long TILE_DATA = 18;

  private SystemCalls() {}

  /** A function that gets a state as its first argument, and leaves errno there. */
  private static MethodHandle capturing(String declaration, Linker.Option... options) {
    var all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.captureCallState("errno");
    return function(Signature.of(declaration), all);
  }

  /** A function of the C library. */
  static MethodHandle function(Signature signature, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow(signature.name());
    return linker.downcallHandle(address, signature.descriptor(), options);
  }

  /**
   * Maps fresh memory of zeros that can be read and written; it is unmapped when the arena closes.
   *
   * @param bytes rounded up to whole pages by the system
   * @throws UnsupportedOperationException if the system refuses
   */
  public static MemorySegment map(Arena arena, long bytes) {
    long address;
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment state = temporary.allocate(STATE);
      int flags = MAP_PRIVATE | MAP_ANONYMOUS;
      address = (long) MMAP.invokeExact(state, 0L, bytes, PROT_READ | PROT_WRITE, flags, -1, 0L);
      check(address != MAP_FAILED, "mmap", state);
    } catch (Throwable e) {
      throw rethrow(e);
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes, arena, memory -> unmap(memory.address(), bytes));
  }

  /**
   * Sets how mapped memory may be accessed from now on.
   *
   * @param memory begins at a page; what is left of its last page is changed as well
   * @throws UnsupportedOperationException if the system refuses
   */
  public static void protect(MemorySegment memory, int protection) {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment state = temporary.allocate(STATE);
      int result =
          (int) MPROTECT.invokeExact(state, memory.address(), memory.byteSize(), protection);
      check(result == 0, "mprotect", state);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /**
   * Asks for the registers of AMX, for all threads of this process. Systems without AMX refuse.
   *
   * @see <a href="https://docs.kernel.org/arch/x86/xstate.html">Using XSTATE features</a>
   */
  static boolean requestTiles() {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment state = temporary.allocate(STATE);
      MethodHandle call = ArchitectureControl.SYSCALL;
      return (long) call.invokeExact(state, ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0;
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  private static void unmap(long address, long bytes) {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment state = temporary.allocate(STATE);
      int result = (int) Unmapping.MUNMAP.invokeExact(state, address, bytes);
      check(result == 0, "munmap", state);
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  private static void check(boolean success, String function, MemorySegment state) {
    if (!success) {
      throw new UnsupportedOperationException(
          "%s failed with errno %d".formatted(function, (int) ERRNO.get(state, 0L)));
    }
  }

  /** Makes an unchecked exception of one that was thrown by a call; calls declare any. */
  public static RuntimeException rethrow(Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case Error error -> throw error;
      default -> new IllegalStateException(e);
    };
  }
}
