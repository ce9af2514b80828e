package io.github.modernbert.encoder;

/**
 * Frees memory when it has been closed and the last call that uses it has ended, whichever comes
 * last. So closing never pulls memory from under a running call, nor waits for one.
 */
final class Lifetime {
  private final String owner;
  private final Runnable free;
  private int calls;
  private boolean closed;

  /**
   * @param owner what a message calls it
   * @param free run once
   */
  Lifetime(String owner, Runnable free) {
    this.owner = owner;
    this.free = free;
  }

  /**
   * Begins a call.
   *
   * @throws IllegalStateException if it was closed before
   */
  synchronized void begin() {
    if (closed) {
      throw new IllegalStateException(owner + " is closed");
    }
    calls++;
  }

  /** Ends a call. */
  void end() {
    synchronized (this) {
      calls--;
      if (calls > 0 || !closed) {
        return;
      }
    }
    free.run();
  }

  /** Refuses further calls; does nothing the second time. */
  void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (calls > 0) {
        return;
      }
    }
    free.run();
  }
}
