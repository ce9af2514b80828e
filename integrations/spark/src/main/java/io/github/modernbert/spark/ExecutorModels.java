package io.github.modernbert.spark;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models of a JVM: each is loaded once, by the first task that asks for it, and shared by all
 * that use it at the same time. A model that nobody uses is kept for the tasks to come; when
 * another one is loaded, those that nobody has used for ten minutes are closed. The rest is closed
 * as the JVM ends.
 *
 * <p>Thread-safe. Loading one model does not hold up tasks that use others.
 */
final class ExecutorModels {
  static final ExecutorModels SHARED = shared();

  private static final Duration IDLE = Duration.ofMinutes(10);

  private final LongSupplier nanoTime;
  private final Map<Key, Entry> entries = new HashMap<>();

  /**
   * @param nanoTime tells how long models have been idle
   */
  ExecutorModels(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * The key of a loaded model: models of equal keys are the same.
   *
   * @param modelClass the task's class
   * @param source where the files come from
   * @param options how it is loaded
   */
  record Key(Class<?> modelClass, String source, LoadOptions options) {}

  /**
   * A loaded or loading model. Users and idle time are guarded by the map, the rest by the lock.
   */
  private static final class Entry {
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable TaskModel model;
    private int users;
    private long idleSince;
  }

  /**
   * The use of a model, from {@link #use} until it is closed.
   *
   * @param <M> the class of the model
   */
  final class Lease<M extends TaskModel> implements AutoCloseable {
    private final Key key;
    private final M model;
    private boolean open = true;

    private Lease(Key key, M model) {
      this.key = key;
      this.model = model;
    }

    M model() {
      return model;
    }

    /** Ends the use; the model stays loaded. */
    @Override
    public void close() {
      if (open) {
        open = false;
        release(key);
      }
    }
  }

  private static ExecutorModels shared() {
    var models = new ExecutorModels(System::nanoTime);
    Runtime.getRuntime().addShutdownHook(atEnd(models::closeAll));
    return models;
  }

  /** A thread that keeps nothing alive of the task that makes it, which ends long before. */
  static Thread atEnd(Runnable run) {
    return Thread.ofPlatform()
        .name("modernbert-close")
        .inheritInheritableThreadLocals(false)
        .unstarted(run);
  }

  /**
   * A model, loaded if it is not yet. Threads that ask for a model that another one is loading wait
   * for it; if that fails, the next one tries again.
   *
   * @param load loads it
   * @throws RuntimeException that the loading ends with
   * @throws CancellationException if the thread is interrupted while it waits; the flag stays set
   */
  <M extends TaskModel> Lease<M> use(Key key, Class<M> modelClass, Supplier<M> load) {
    Entry entry;
    synchronized (entries) {
      entry = entries.computeIfAbsent(key, k -> new Entry());
      entry.users++;
    }
    try {
      return new Lease<>(key, modelClass.cast(loaded(entry, load)));
    } catch (Throwable e) {
      release(key);
      throw e;
    }
  }

  /** How many models are loaded. */
  int size() {
    synchronized (entries) {
      return (int) entries.values().stream().filter(entry -> entry.model != null).count();
    }
  }

  private TaskModel loaded(Entry entry, Supplier<? extends TaskModel> load) {
    TaskModel model = entry.model;
    if (model != null) {
      return model;
    }
    try {
      entry.loading.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cancelled = new CancellationException("interrupted while another task loads the model");
      cancelled.initCause(e);
      throw cancelled;
    }
    try {
      model = entry.model;
      if (model == null) {
        closeIdle();
        model = load.get();
        entry.model = model;
      }
      return model;
    } finally {
      entry.loading.unlock();
    }
  }

  private void release(Key key) {
    synchronized (entries) {
      Entry entry = entries.get(key);
      if (entry == null) {
        return; // The JVM is ending.
      }
      entry.users--;
      entry.idleSince = nanoTime.getAsLong();
      if (entry.users == 0 && entry.model == null) {
        entries.remove(key);
      }
    }
  }

  private void closeIdle() {
    synchronized (entries) {
      long now = nanoTime.getAsLong();
      for (var iterator = entries.values().iterator(); iterator.hasNext(); ) {
        Entry entry = iterator.next();
        TaskModel model = entry.model;
        if (model != null && entry.users == 0 && now - entry.idleSince > IDLE.toNanos()) {
          model.close();
          iterator.remove();
        }
      }
    }
  }

  private void closeAll() {
    synchronized (entries) {
      for (Entry entry : entries.values()) {
        TaskModel model = entry.model;
        if (model != null) {
          model.close();
        }
      }
      entries.clear();
    }
  }
}
