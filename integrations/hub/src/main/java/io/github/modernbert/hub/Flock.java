package io.github.modernbert.hub;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * The locks of {@code flock(2)}, which the Python client uses and the JDK does not offer: the C
 * library is called, where it has them and the JVM does not deny native access.
 */
final class Flock implements AutoCloseable {
  private static final Optional<Calls> CALLS = Calls.find();
  private static final Duration POLL = Duration.ofMillis(50);

  /** {@code O_RDWR}, and {@code LOCK_EX | LOCK_NB}, on Linux and macOS. */
  private static final int READ_WRITE = 2;

  private static final int EXCLUSIVE_NOT_BLOCKING = 6;

  /** {@code EINTR}, {@code EACCES}, and {@code EWOULDBLOCK} of Linux and of macOS. */
  private static final Set<Integer> TAKEN = Set.of(4, 13, 11, 35);

  private final Calls calls;
  private final int descriptor;

  private Flock(Calls calls, int descriptor) {
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /** Whether there are such locks here. */
  static boolean isAvailable() {
    return CALLS.isPresent();
  }

  /**
   * Waits for the lock of a file that exists.
   *
   * @throws IOException if it cannot be locked
   */
  static Flock take(Path file) throws IOException, InterruptedException {
    while (true) {
      Optional<Flock> lock = tryTake(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      Thread.sleep(POLL);
    }
  }

  /** The lock, unless another has it. */
  static Optional<Flock> tryTake(Path file) throws IOException {
    Calls calls = CALLS.orElseThrow(() -> new IOException("there is no flock here"));
    int descriptor = calls.open(file);
    if (descriptor < 0) {
      throw new IOException(file + ": cannot be opened to be locked");
    }
    int error = calls.flock(descriptor);
    if (error == 0) {
      return Optional.of(new Flock(calls, descriptor));
    }
    calls.close(descriptor);
    if (TAKEN.contains(error)) {
      return Optional.empty();
    }
    throw new IOException(file + ": cannot be locked, error " + error);
  }

  @Override
  public void close() {
    calls.close(descriptor);
  }

  /** The functions of the C library. */
  @SuppressWarnings("restricted")
  private record Calls(MethodHandle openFile, MethodHandle lockFile, MethodHandle closeFile) {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR = STATE.varHandle(PathElement.groupElement("errno"));

    static Optional<Calls> find() {
      try {
        var number = ValueLayout.JAVA_INT;
        return Optional.of(
            new Calls(
                function(
                    "open",
                    FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
                    Linker.Option.firstVariadicArg(2)),
                function(
                    "flock",
                    FunctionDescriptor.of(number, number, number),
                    Linker.Option.captureCallState("errno")),
                function("close", FunctionDescriptor.of(number, number))));
      } catch (IllegalCallerException
          | UnsupportedOperationException
          | IllegalArgumentException
          | NoSuchElementException e) {
        return Optional.empty();
      }
    }

    private static MethodHandle function(
        String name, FunctionDescriptor types, Linker.Option... options) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), types, options);
    }

    int open(Path file) {
      try (Arena arena = Arena.ofConfined()) {
        return (int) openFile.invokeExact(arena.allocateFrom(file.toString()), READ_WRITE);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    /** 0, or what the system calls the error. */
    int flock(int descriptor) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        int result = (int) lockFile.invokeExact(state, descriptor, EXCLUSIVE_NOT_BLOCKING);
        return result == 0 ? 0 : (int) ERROR.get(state, 0L);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    void close(int descriptor) {
      try {
        int result = (int) closeFile.invokeExact(descriptor);
        assert result == 0 : descriptor;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }
}
