package io.github.modernbert.encoder;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Frees memory when it has been closed and the last use of it has ended, whichever comes last. So
 * closing never pulls memory from under a call, nor waits for one. Safe for use by several threads.
 */
public final class Lifetime {
  private final String owner;
  private final Runnable free;
  private int uses;
  private boolean isClosed;

  /** Ends abandoned uses; created, with its thread, when it is first needed. */
  private @Nullable Cleaner cleaner;

  /**
   * @param owner what a message calls it
   * @param free run once
   */
  Lifetime(String owner, Runnable free) {
    this.owner = owner;
    this.free = free;
  }

  /** A use of the memory, which is not freed before the use has ended. */
  public final class Use implements AutoCloseable {
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private Cleaner.@Nullable Cleanable cleanable;

    private Use() {}

    /** Ends the use, at the latest, when an object cannot be reached any more. */
    public void endWith(Object user) {
      cleanable = cleaner().register(user, this::end);
    }

    private void end() {
      if (isEnded.compareAndSet(false, true)) {
        Lifetime.this.end();
      }
    }

    /** Ends the use; does nothing the second time. */
    @Override
    public void close() {
      if (cleanable != null) {
        cleanable.clean();
      }
      end();
    }
  }

  /**
   * Begins a use.
   *
   * @throws IllegalStateException if it was closed before
   */
  synchronized Use begin() {
    if (isClosed) {
      throw new IllegalStateException(owner + " is closed");
    }
    uses++;
    return new Use();
  }

  private synchronized Cleaner cleaner() {
    if (cleaner == null) {
      cleaner =
          Cleaner.create(
              Thread.ofPlatform()
                  .daemon()
                  .name("modernbert-cleaner")
                  .inheritInheritableThreadLocals(false)
                  .factory());
    }
    return cleaner;
  }

  private void end() {
    synchronized (this) {
      uses--;
      if (uses > 0 || !isClosed) {
        return;
      }
    }
    free.run();
  }

  /** Refuses further uses; does nothing the second time. */
  void close() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (uses > 0) {
        return;
      }
    }
    free.run();
  }
}
