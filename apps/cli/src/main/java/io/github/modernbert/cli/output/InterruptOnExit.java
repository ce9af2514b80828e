package io.github.modernbert.cli.output;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Removes unfinished files when Ctrl-C ends the process. */
public final class InterruptOnExit {
  private static final int PATIENCE_SECONDS = 5;

  private InterruptOnExit() {}

  /** Work that leaves an unfinished file behind unless its thread comes to an end. */
  public interface Work {
    void run() throws IOException;
  }

  /** Runs the work in this thread, which a Ctrl-C interrupts and then waits for. */
  public static void run(Work work) throws IOException {
    var done = new CountDownLatch(1);
    Thread worker = Thread.currentThread();
    var hook = new Thread(() -> interrupt(worker, done), "tidy-exit");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      work.run();
    } finally {
      done.countDown();
      remove(hook);
    }
  }

  private static void interrupt(Thread worker, CountDownLatch done) {
    worker.interrupt();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.getLogger(InterruptOnExit.class.getName())
            .log(System.Logger.Level.DEBUG, "an unfinished file may stay behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, so the hook is running and has just been told.
      Thread.currentThread().interrupt();
    }
  }
}
