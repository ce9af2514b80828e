package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls a model asynchronously: each call runs on a virtual thread of its own and completes a
 * {@link CompletableFuture}. The number of calls under way is limited; further ones are rejected,
 * so that overload is noticed instead of piling up. Calls that wait for the model at the same time
 * are computed in one batch, with the same results as alone.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="async"}
 *
 * <p>Safe for use by several threads.
 *
 * @param <M> the model, such as {@link TextEmbedder}
 */
public final class AsyncModel<M> implements AutoCloseable {
  private final M model;
  private final int capacity;
  private final Semaphore free;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual()
              .name("modernbert-call-", 0)
              .inheritInheritableThreadLocals(false)
              .factory());

  private AsyncModel(M model, int capacity) {
    this.model = model;
    this.capacity = capacity;
    this.free = new Semaphore(capacity);
  }

  /**
   * Makes an asynchronous view of a model. The caller still closes the model, after this view.
   *
   * @param <M> the model's class
   * @param model any model of this library
   * @param capacity the greatest number of calls under way, from 1
   * @return the view; the caller closes it
   * @throws IllegalArgumentException if the model is null or the capacity is below 1
   */
  public static <M> AsyncModel<M> of(M model, int capacity) {
    return new AsyncModel<>(
        Arguments.notNull(model, "model"), Arguments.requirePositive("capacity", capacity));
  }

  /** The number of calls under way, from 0 to the capacity. */
  public int pending() {
    return capacity - free.availablePermits();
  }

  /**
   * Starts a call.
   *
   * @param <R> the result's class
   * @param call the work to do with the model
   * @return completes with the call's result, or exceptionally with what it throws; cancelling it
   *     interrupts the call, which then ends
   * @throws RejectedExecutionException if as many calls as allowed are under way, or this is closed
   * @throws IllegalArgumentException if the call is null
   */
  public <R> CompletableFuture<R> submit(Function<? super M, ? extends R> call) {
    Arguments.notNull(call, "call");
    if (!free.tryAcquire()) {
      throw new RejectedExecutionException(
          "%d calls are under way, which is the limit".formatted(capacity));
    }
    var result = new Result<R>();
    try {
      result.task = threads.submit(() -> run(call, result));
    } catch (RejectedExecutionException e) {
      free.release();
      throw new RejectedExecutionException("closed", e);
    }
    return result;
  }

  private <R> void run(Function<? super M, ? extends R> call, Result<R> result) {
    R value;
    try {
      value = call.apply(model);
    } catch (Throwable e) {
      free.release();
      result.completeExceptionally(e);
      return;
    }
    free.release();
    result.complete(value);
  }

  /** A result whose cancellation ends the call. */
  private static final class Result<R> extends CompletableFuture<R> {
    private volatile @Nullable Future<?> task;

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      Future<?> running = task;
      if (cancelled && running != null) {
        running.cancel(true);
      }
      return cancelled;
    }
  }

  /**
   * Rejects further calls and waits for those under way. Does not close the model. If the waiting
   * thread is interrupted, the calls under way are interrupted too; the thread's flag stays set.
   */
  @Override
  public void close() {
    threads.close();
  }
}
