package io.github.modernbert.kernels;

import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of daemon threads that several callers share. A caller works on its own items as
 * well, so it always gets on, and a pool of one thread has no threads of its own at all.
 */
public final class WorkerPool implements AutoCloseable {
  /**
   * Nanoseconds for which a thread looks for work, or for the end of it, before it sleeps: more
   * than a caller takes from one call to the next within a batch, less than it takes to be woken.
   */
  private static final long SPIN_NANOS = 30_000;

  private final int threads;
  private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
  private final Thread[] helpers;

  /**
   * @param threads how many threads work on one call at most, the caller's included; from 1
   * @throws IllegalArgumentException if there are fewer, or the system lets this process have no
   *     more
   */
  public WorkerPool(int threads) {
    this(threads, Thread::start);
  }

  /**
   * @param starter starts a thread, or throws an {@link OutOfMemoryError} as the JVM does
   */
  WorkerPool(int threads, Consumer<Thread> starter) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    this.threads = threads;
    this.helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = thread("modernbert-" + (i + 1), this::help);
      try {
        starter.accept(helpers[i]);
      } catch (OutOfMemoryError e) {
        Arrays.stream(helpers, 0, i).forEach(Thread::interrupt);
        throw new IllegalArgumentException(
            "threads: expected as many as the system lets this process start, %d of %d were started"
                .formatted(i, threads),
            e);
      }
    }
  }

  /**
   * A daemon thread that inherits nothing of the thread that makes it, neither thread locals nor
   * the context class loader, which it would keep alive.
   */
  public static Thread thread(String name, Runnable run) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .priority(Thread.NORM_PRIORITY)
        .inheritInheritableThreadLocals(false)
        .unstarted(run);
  }

  /** The most threads that work on one call, the caller's included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs work items 0 … count − 1 and returns when all have ended. The first exception of an item
   * is thrown here; items that had not begun by then are skipped.
   */
  public void run(int count, IntConsumer work) {
    run(count, threads, work);
  }

  /**
   * Like {@link #run(int, IntConsumer)} on at most so many threads, the caller's included.
   *
   * @param most from 1; more than {@link #threads} counts as those
   */
  public void run(int count, int most, IntConsumer work) {
    int wanted = Math.min(Math.min(threads, most), count) - 1;
    if (wanted <= 0) {
      for (int i = 0; i < count; i++) {
        work.accept(i);
      }
      return;
    }
    var job = new Job(count, work);
    for (int i = 0; i < wanted; i++) {
      queue.add(job);
    }
    job.help();
    job.await();
  }

  private void help() {
    try {
      while (true) {
        Job job = spin(queue::poll);
        (job == null ? queue.take() : job).help();
      }
    } catch (InterruptedException e) {
      // The pool was closed.
    }
  }

  /** What is there soon, or null. */
  private static <T> @Nullable T spin(Supplier<@Nullable T> look) {
    long begin = System.nanoTime();
    do {
      T found = look.get();
      if (found != null) {
        return found;
      }
      Thread.onSpinWait();
    } while (System.nanoTime() - begin < SPIN_NANOS);
    return null;
  }

  /** Ends the threads; calls that are under way are finished by their callers. */
  @Override
  public void close() {
    for (Thread helper : helpers) {
      helper.interrupt();
    }
  }

  /** One call: items are taken in order by whoever is free. */
  private static final class Job {
    private final int count;
    private final IntConsumer work;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch unfinished;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(int count, IntConsumer work) {
      this.count = count;
      this.work = work;
      this.unfinished = new CountDownLatch(count);
    }

    void help() {
      for (int i; (i = next.getAndIncrement()) < count; ) {
        try {
          if (failure.get() == null) {
            work.accept(i);
          }
        } catch (Throwable t) {
          failure.compareAndSet(null, t);
        } finally {
          unfinished.countDown();
        }
      }
    }

    void await() {
      spin(() -> unfinished.getCount() == 0 ? this : null);
      boolean interrupted = false;
      while (true) {
        try {
          unfinished.await();
          break;
        } catch (InterruptedException e) {
          // Memory in use by other threads must not be given up; the caller sees the flag later.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable failed = failure.get();
      if (failed == null) {
        return;
      }
      switch (failed) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable t -> throw new IllegalStateException(t);
      }
    }
  }
}
