package io.github.modernbert.tasks;

import io.github.modernbert.kernels.WorkerPool;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a value in a thread of its own while the caller does something else. The thread ends before
 * the call that started it does: the caller takes the value or gives it up.
 *
 * @param <T> what is made
 */
public final class Background<T> {
  private final FutureTask<T> task;
  private final Thread thread;

  private Background(String name, Supplier<T> make) {
    task = new FutureTask<>(make::get);
    thread = WorkerPool.thread(name, task);
  }

  /**
   * Begins.
   *
   * @param name the name of the thread
   */
  public static <T> Background<T> start(String name, Supplier<T> make) {
    var background = new Background<>(name, make);
    background.thread.start();
    return background;
  }

  /**
   * Waits for the value. If the caller is interrupted, so is the thread, and what it does then is
   * what happens; the flag stays set.
   *
   * @throws RuntimeException or an error that making the value ended with
   */
  public T take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        } catch (ExecutionException e) {
          throw failure(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    switch (cause) {
      case RuntimeException e -> {
        return e;
      }
      case Error e -> throw e;
      case null, default -> {
        return new IllegalStateException(cause);
      }
    }
  }

  /**
   * Interrupts the thread, waits for its end, and closes what it has made if that can be closed.
   *
   * @param reason why; learns of what else goes wrong
   */
  public void giveUp(Throwable reason) {
    thread.interrupt();
    try {
      if (take() instanceof AutoCloseable made) {
        made.close();
      }
    } catch (CancellationException e) {
      // As it was told to.
    } catch (Exception e) {
      reason.addSuppressed(e);
    }
  }
}
