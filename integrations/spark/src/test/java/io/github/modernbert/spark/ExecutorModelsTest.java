package io.github.modernbert.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.testdata.Golden;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** How the models of a JVM come and go. */
final class ExecutorModelsTest {
  private static final Path MODEL = Golden.root().resolve("sentence-transformers/pool-mean");
  private static final LoadOptions OPTIONS = LoadOptions.defaults().threads(1);
  private static final ExecutorModels.Key FIRST =
      new ExecutorModels.Key(TextEmbedder.class, "first", OPTIONS);
  private static final ExecutorModels.Key SECOND =
      new ExecutorModels.Key(TextEmbedder.class, "second", OPTIONS);

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger loads = new AtomicInteger();
  private final ExecutorModels models = new ExecutorModels(now::get);

  private TextEmbedder load() {
    loads.incrementAndGet();
    return TextEmbedder.load(MODEL, OPTIONS);
  }

  private ExecutorModels.Lease<TextEmbedder> use(ExecutorModels.Key key) {
    return models.use(key, TextEmbedder.class, this::load);
  }

  @Test
  void theThreadThatClosesModelsInheritsNothing() throws InterruptedException {
    var inherited = new InheritableThreadLocal<String>();
    inherited.set("the task's");
    var found = new ArrayList<String>();
    Thread task = Thread.currentThread();
    ClassLoader own = task.getContextClassLoader();
    try {
      task.setContextClassLoader(new URLClassLoader(new URL[0]));
      Thread thread = ExecutorModels.atEnd(() -> found.add(String.valueOf(inherited.get())));
      assertSame(ClassLoader.getSystemClassLoader(), thread.getContextClassLoader());
      thread.start();
      thread.join();
    } finally {
      inherited.remove();
      task.setContextClassLoader(own);
    }
    assertEquals(List.of("null"), found);
  }

  @Test
  void tasksShareAModelThatIsLoadedOnce() throws Exception {
    var started = new CountDownLatch(8);
    Callable<TextEmbedder> task =
        () -> {
          started.countDown();
          started.await();
          try (var lease = use(FIRST)) {
            return lease.model();
          }
        };
    try (var threads = Executors.newFixedThreadPool(8)) {
      var found = new ArrayList<TextEmbedder>();
      for (Future<TextEmbedder> future :
          threads.invokeAll(java.util.Collections.nCopies(8, task))) {
        found.add(future.get());
      }
      found.forEach(model -> assertSame(found.getFirst(), model));
    }
    assertEquals(1, loads.get());
  }

  @Test
  void idleModelsAreClosedWhenAnotherIsLoaded() {
    TextEmbedder first;
    try (var lease = use(FIRST)) {
      first = lease.model();
    }
    now.addAndGet(Duration.ofMinutes(9).toNanos());
    use(SECOND).close();
    assertEquals(2, models.size());
    first.embed("still there");

    var third = new ExecutorModels.Key(TextEmbedder.class, "third", OPTIONS);
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    use(third).close();
    assertEquals(2, models.size(), "the first has been idle for 11 minutes, the second for 2");
    assertThrows(IllegalStateException.class, () -> first.embed("closed"));
    try (var lease = use(FIRST)) {
      assertNotSame(first, lease.model());
    }
  }

  @Test
  void modelsInUseStay() {
    try (var lease = use(FIRST)) {
      now.addAndGet(Duration.ofHours(1).toNanos());
      use(SECOND).close();
      lease.model().embed("in use");
    }
    assertEquals(2, models.size());
  }

  @Test
  void failedLoadIsTriedAgain() {
    Supplier<TextEmbedder> failing =
        () -> {
          throw new IllegalArgumentException("no such model");
        };
    assertThrows(
        IllegalArgumentException.class, () -> models.use(FIRST, TextEmbedder.class, failing));
    assertEquals(0, models.size());
    use(FIRST).close();
    assertEquals(1, models.size());
  }

  @Test
  void interruptedTaskDoesNotWait() throws Exception {
    var loading = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    Supplier<TextEmbedder> slow =
        () -> {
          loading.countDown();
          try {
            finish.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return load();
        };
    try (var threads = Executors.newFixedThreadPool(1)) {
      var first = threads.submit(() -> models.use(FIRST, TextEmbedder.class, slow));
      loading.await();
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> use(FIRST));
      assertEquals(true, Thread.interrupted());
      finish.countDown();
      first.get().close();
    }
    assertEquals(1, loads.get());
  }

  @Test
  void closingTwiceCountsOnce() {
    var first = use(FIRST);
    var second = use(FIRST);
    first.close();
    first.close();
    now.addAndGet(Duration.ofHours(1).toNanos());
    use(SECOND).close();
    second.model().embed("in use");
    second.close();
  }
}
