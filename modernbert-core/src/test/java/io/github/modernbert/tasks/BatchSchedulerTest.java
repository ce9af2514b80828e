package io.github.modernbert.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.encoder.EncodedBatch;
import io.github.modernbert.encoder.PackedBatch;
import io.github.modernbert.encoder.TokenSequence;
import io.github.modernbert.kernels.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who is computed with whom and in which order, with a computation that goes on when it is told,
 * for callers on platform threads and on virtual ones.
 */
@ParameterizedClass
@ValueSource(booleans = {false, true})
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BatchSchedulerTest {
  private static final int BUDGET = 96;
  private static final BatchScheduler.BatchListener NOBODY = (callers, sequences, tokens) -> {};

  /** States that are the ids themselves. */
  private static final class Echo implements BatchScheduler.Computation {
    private final List<int[]> batches = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> threads = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger computed = new AtomicInteger();
    private final Semaphore started = new Semaphore(0);
    private final Semaphore allowed = new Semaphore(0);
    private volatile BooleanSupplier cancelled = () -> false;

    @Override
    public EncodedBatch encode(PackedBatch batch, int threads, BooleanSupplier cancelled) {
      this.cancelled = cancelled;
      batches.add(batch.ids());
      this.threads.add(threads);
      started.release();
      // Waiting uninterruptibly would hide that the thread was interrupted.
      while (!allowed.tryAcquire()) {
        Thread.yield();
      }
      if (cancelled.getAsBoolean()) {
        throw new CancellationException("stopped");
      }
      if (batch.ids()[0] < 0) {
        throw new IllegalStateException("failed");
      }
      open.incrementAndGet();
      computed.addAndGet(batch.tokens());
      Arena arena = Arena.ofShared();
      Matrix hidden = Matrix.allocate(arena, batch.tokens(), 1);
      for (int row = 0; row < batch.tokens(); row++) {
        hidden.set(row, 0, batch.ids()[row]);
      }
      return new EncodedBatch() {
        @Override
        public Matrix hidden() {
          return hidden;
        }

        @Override
        public void close() {
          open.decrementAndGet();
          arena.close();
        }
      };
    }
  }

  private final Echo echo = new Echo();
  private final Thread.Builder builder;

  BatchSchedulerTest(boolean virtual) {
    builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
  }

  private final BatchScheduler scheduler = new BatchScheduler(echo, BUDGET, 1, 1, NOBODY);

  /** A caller on a thread of its own. */
  private final class Caller {
    private final FutureTask<List<List<Float>>> result;
    private final Thread thread;

    Caller(BatchScheduler scheduler, int[]... sequences) {
      result = new FutureTask<>(() -> values(scheduler, sequences));
      thread = builder.start(result);
    }

    List<List<Float>> get() throws InterruptedException {
      try {
        return result.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
    }

    Throwable failure() {
      return Objects.requireNonNull(assertThrows(ExecutionException.class, result::get).getCause());
    }
  }

  private static List<List<Float>> values(BatchScheduler scheduler, int[]... sequences) {
    return scheduler.run(
        Stream.of(sequences).map(TokenSequence::of).toList(),
        (index, hidden) ->
            IntStream.range(0, hidden.rows()).mapToObj(row -> hidden.get(row, 0)).toList(),
        part -> {});
  }

  /** A sequence of one id, so that batches show whose it is. */
  private static int[] sequence(int id, int length) {
    return IntStream.generate(() -> id).limit(length).toArray();
  }

  private static List<Float> value(int id, int length) {
    return Collections.nCopies(length, (float) id);
  }

  /** Starts a caller and waits until it is in the queue. */
  private Caller queued(int position, int[]... sequences) {
    var caller = new Caller(scheduler, sequences);
    awaitQueue(position);
    return caller;
  }

  private void awaitQueue(int length) {
    while (scheduler.waiting() != length) {
      Thread.yield();
    }
  }

  /** Starts a caller and waits until its batch is computed. */
  private Caller running(int[]... sequences) {
    var caller = new Caller(scheduler, sequences);
    echo.started.acquireUninterruptibly();
    return caller;
  }

  private List<Integer> ids(int batch) {
    return IntStream.of(echo.batches.get(batch)).distinct().boxed().toList();
  }

  @Test
  void aCallerAloneIsComputedOnItsOwnThread() {
    echo.allowed.release(3);
    var threads = new ArrayList<Thread>();
    scheduler.run(
        Stream.of(sequence(1, 3), sequence(2, 64), sequence(3, 32), sequence(4, 90))
            .map(TokenSequence::of)
            .toList(),
        (index, hidden) -> threads.add(Thread.currentThread()),
        part -> threads.add(Thread.currentThread()));
    assertEquals(Collections.nCopies(7, Thread.currentThread()), threads);
    assertEquals(3, echo.batches.size());
    assertEquals(List.of(4), ids(0), "the longest first");
    assertEquals(List.of(2, 3), ids(1), "as many as there is room for");
    assertEquals(0, echo.open.get());
  }

  @Test
  void whoComesMeanwhileIsInTheNextBatch() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    Caller second = queued(1, sequence(2, 5));
    Caller third = queued(2, sequence(3, 6), sequence(4, 7));
    echo.allowed.release(2);
    assertEquals(List.of(value(1, 4)), first.get());
    assertEquals(List.of(value(2, 5)), second.get());
    assertEquals(List.of(value(3, 6), value(4, 7)), third.get());
    assertEquals(2, echo.batches.size());
    assertEquals(List.of(2, 4, 3), ids(1));
    assertEquals(0, echo.open.get());
  }

  @Test
  void aLargeCallIsNotAheadOfSmallOnesNorBehindAllOfThem() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    int[][] large = IntStream.range(0, 6).mapToObj(i -> sequence(10 + i, 32)).toArray(int[][]::new);
    Caller big = queued(1, large);
    Caller small = queued(2, sequence(2, 32));
    echo.allowed.release(1);
    first.get();
    echo.started.acquireUninterruptibly();
    assertEquals(List.of(10, 11, 12), ids(1), "has waited longest, fills the batch");
    Caller other = queued(2, sequence(3, 32));
    echo.allowed.release(1);
    echo.started.acquireUninterruptibly();
    assertEquals(List.of(2, 3), ids(2).subList(0, 2), "those that waited are ahead of the rest");
    echo.allowed.release(10);
    assertEquals(List.of(value(2, 32)), small.get());
    assertEquals(List.of(value(3, 32)), other.get());
    assertEquals(6, big.get().size());
  }

  @Test
  void anInterruptedCallerLeavesTheQueue() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    Caller second = queued(1, sequence(2, 5));
    Caller third = queued(2, sequence(3, 6));
    second.thread.interrupt();
    assertTrue(second.failure() instanceof CancellationException);
    awaitQueue(1);
    echo.allowed.release(2);
    first.get();
    assertEquals(List.of(value(3, 6)), third.get());
    assertEquals(List.of(3), ids(1));
  }

  /** Two callers whose batch is under way. */
  private record Pair(Caller leader, Caller other) {}

  private Pair startedPair() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    var pair = new Pair(queued(1, sequence(2, 5)), queued(2, sequence(3, 6)));
    echo.allowed.release(1);
    first.get();
    echo.started.acquireUninterruptibly();
    return pair;
  }

  @Test
  void anInterruptedMemberLeavesTheOthersWhole() throws InterruptedException {
    Pair pair = startedPair();
    pair.other().thread.interrupt();
    assertTrue(pair.other().failure() instanceof CancellationException);
    echo.allowed.release(1);
    assertEquals(List.of(value(2, 5)), pair.leader().get());
    assertEquals(0, echo.open.get());
  }

  @Test
  void anInterruptedLeaderComputesForTheOthers() throws InterruptedException {
    Pair pair = startedPair();
    pair.leader().thread.interrupt();
    echo.allowed.release(1);
    assertEquals(List.of(value(3, 6)), pair.other().get());
    assertTrue(pair.leader().failure() instanceof CancellationException);
    assertEquals(0, echo.open.get());
  }

  @Test
  void aBatchThatNobodyWaitsForIsCancelled() throws InterruptedException {
    Pair pair = startedPair();
    pair.other().thread.interrupt();
    pair.other().failure();
    pair.leader().thread.interrupt();
    while (!echo.cancelled.getAsBoolean()) {
      Thread.yield();
    }
    echo.allowed.release(1);
    assertTrue(pair.leader().failure() instanceof CancellationException);
    assertEquals(0, echo.open.get());
    echo.allowed.release(1);
    assertEquals(List.of(value(4, 2)), values(scheduler, sequence(4, 2)), "goes on");
  }

  @Test
  void aFailureIsEverybodysInTheBatchAndNobodysAfterwards() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    Caller second = queued(1, sequence(-2, 5));
    Caller third = queued(2, sequence(3, 6));
    echo.allowed.release(2);
    first.get();
    assertEquals("failed", second.failure().getMessage());
    assertSame(second.failure(), third.failure());
    echo.allowed.release(1);
    assertEquals(List.of(value(4, 2)), values(scheduler, sequence(4, 2)));
  }

  @Test
  void aFailureWhileResultsAreReadIsTheCallersOwn() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    var failing =
        new FutureTask<>(() ->
            scheduler.run(
                List.of(TokenSequence.of(sequence(2, 5))),
                (index, hidden) -> {
                  throw new IllegalArgumentException("mine");
                },
                part -> {}));
    builder.start(failing);
    awaitQueue(1);
    Caller third = queued(2, sequence(3, 6));
    echo.allowed.release(2);
    first.get();
    assertEquals(List.of(value(3, 6)), third.get());
    var e = assertThrows(ExecutionException.class, failing::get);
    assertEquals("java.lang.IllegalArgumentException: mine", e.getMessage());
    assertEquals(0, echo.open.get());
  }

  @Test
  void batchesBeginWhileProcessorsAreFree() throws InterruptedException {
    var wide = new BatchScheduler(echo, BUDGET, 2, 3, NOBODY);
    var callers = new ArrayList<Caller>();
    callers.add(new Caller(wide, sequence(1, 40)));
    echo.started.acquireUninterruptibly();
    callers.add(new Caller(wide, sequence(2, 4)));
    echo.started.acquireUninterruptibly();
    callers.add(new Caller(wide, sequence(3, 4)));
    while (wide.waiting() != 1) {
      Thread.yield();
    }
    assertEquals(2, echo.batches.size(), "one of 2 threads and one of 1: no more processors");
    echo.allowed.release(3);
    for (Caller caller : callers) {
      caller.get();
    }
  }

  @Test
  void callersThatWaitShareTheProcessors() throws InterruptedException {
    var told = Collections.synchronizedList(new ArrayList<List<Integer>>());
    var wide =
        new BatchScheduler(
            echo,
            1000,
            2,
            2,
            (callers, sequences, tokens) -> told.add(List.of(callers, sequences, tokens)));
    var callers = new ArrayList<Caller>();
    callers.add(new Caller(wide, sequence(1, 20), sequence(1, 20)));
    echo.started.acquireUninterruptibly();
    for (int i = 2; i <= 5; i++) {
      callers.add(new Caller(wide, sequence(i, 8)));
      while (wide.waiting() != i - 1) {
        Thread.yield();
      }
    }
    echo.allowed.release(1);
    echo.started.acquireUninterruptibly(2);
    echo.allowed.release(2);
    for (Caller caller : callers) {
      caller.get();
    }
    assertEquals(List.of(2, 1, 1), echo.threads, "all for one caller, one each for two batches");
    assertEquals(
        Set.of(List.of(2, 3), List.of(4, 5)), Set.of(ids(1), ids(2)), "equal parts of the queue");
    assertEquals(List.of(List.of(1, 2, 40), List.of(2, 2, 16), List.of(2, 2, 16)), told);
    assertEquals(0, echo.open.get());
  }

  /** One processor computes for one caller and 15 wait: the other takes half of the 16. */
  @Test
  void aProcessorTakesNoMoreThanItsShareOfAllCallers() throws InterruptedException {
    var wide = new BatchScheduler(echo, 1000, 1, 2, NOBODY);
    var callers = new ArrayList<Caller>();
    callers.add(new Caller(wide, sequence(1, 8)));
    echo.started.acquireUninterruptibly();
    callers.add(new Caller(wide, sequence(2, 8)));
    echo.started.acquireUninterruptibly();
    for (int i = 0; i < 15; i++) {
      callers.add(new Caller(wide, sequence(10 + i, 8)));
      while (wide.waiting() != i + 1) {
        Thread.yield();
      }
    }
    echo.allowed.release(1);
    echo.started.acquireUninterruptibly();
    assertEquals(IntStream.range(10, 18).boxed().toList(), ids(2), "8 of 16");
    echo.allowed.release(callers.size());
    for (Caller caller : callers) {
      caller.get();
    }
    assertEquals(0, echo.open.get());
  }

  @Test
  void aLargeBatchHasThreadsThoughNoneIsFree() throws InterruptedException {
    var wide = new BatchScheduler(echo, 10_000, 2, 3, NOBODY);
    var callers = new ArrayList<Caller>();
    callers.add(new Caller(wide, sequence(1, 4)));
    echo.started.acquireUninterruptibly();
    callers.add(new Caller(wide, sequence(2, 5000)));
    echo.started.acquireUninterruptibly();
    echo.allowed.release(2);
    for (Caller caller : callers) {
      caller.get();
    }
    assertEquals(List.of(2, 2), echo.threads, "with 3 processors");
  }

  @Test
  void whatAListenerThrowsIsEverybodysInTheBatch() throws InterruptedException {
    var failing =
        new BatchScheduler(
            echo,
            BUDGET,
            1,
            1,
            (callers, sequences, tokens) -> {
              if (callers > 1) {
                throw new IllegalStateException("listener");
              }
            });
    var first = new Caller(failing, sequence(1, 4));
    echo.started.acquireUninterruptibly();
    var second = new Caller(failing, sequence(2, 4));
    var third = new Caller(failing, sequence(3, 4));
    while (failing.waiting() != 2) {
      Thread.yield();
    }
    echo.allowed.release(2);
    first.get();
    assertEquals("listener", second.failure().getMessage());
    assertEquals("listener", third.failure().getMessage());
    assertEquals(List.of(value(4, 2)), values(failing, sequence(4, 2)), "goes on");
  }

  @Test
  void virtualThreadsRunWhileBatchesAreComputed() throws InterruptedException {
    int processors = Runtime.getRuntime().availableProcessors();
    var all = new BatchScheduler(echo, BUDGET, 1, processors, NOBODY);
    var callers = new ArrayList<Caller>();
    for (int i = 0; i < processors; i++) {
      callers.add(new Caller(all, sequence(i, 4)));
      echo.started.acquireUninterruptibly();
    }
    Thread.ofVirtual().start(() -> {}).join();
    echo.allowed.release(processors);
    for (Caller caller : callers) {
      caller.get();
    }
  }

  @Test
  void partsTellWhatWasComputedAndHowLongItTook() throws InterruptedException {
    var parts = new ArrayList<BatchScheduler.Part>();
    echo.allowed.release(2);
    long begin = System.nanoTime();
    scheduler.run(
        Stream.of(sequence(1, 90), sequence(2, 20)).map(TokenSequence::of).toList(),
        (index, hidden) -> index,
        parts::add);
    long all = System.nanoTime() - begin;
    assertEquals(List.of(90, 20), parts.stream().map(BatchScheduler.Part::tokens).toList());
    assertEquals(List.of(1, 1), parts.stream().map(BatchScheduler.Part::sequences).toList());
    long told = parts.stream().mapToLong(part -> part.waited() + part.computed()).sum();
    assertTrue(told > 0 && told <= all, told + " of " + all);
  }

  /** 49 virtual threads with one sequence, and one with many, which is among the first. */
  @Test
  void virtualThreadsHaveTheirTurnInTheOrderOfTheirComing() throws InterruptedException {
    Caller first = running(sequence(1, 4));
    int[][] many = IntStream.range(0, 60).mapToObj(i -> sequence(1000, 32)).toArray(int[][]::new);
    var threads = new ArrayList<Thread>();
    for (int c = 0; c < 50; c++) {
      int[][] sequences = c == 1 ? many : new int[][] {sequence(10 + c, 32)};
      threads.add(Thread.ofVirtual().start(() -> values(scheduler, sequences)));
      awaitQueue(c + 1);
    }
    echo.allowed.release(1000);
    first.get();
    for (Thread thread : threads) {
      thread.join();
    }
    var turns = new ArrayList<Integer>();
    for (int c = 0; c < 50; c++) {
      if (c != 1) {
        int id = 10 + c;
        turns.add(
            IntStream.range(0, echo.batches.size())
                .filter(batch -> ids(batch).contains(id))
                .findFirst()
                .orElseThrow());
      }
    }
    assertEquals(turns.stream().sorted().toList(), turns, "longest waiting first");
    List<Integer> large =
        IntStream.range(0, echo.batches.size())
            .filter(batch -> ids(batch).contains(1000))
            .boxed()
            .toList();
    assertTrue(large.getFirst() <= 1, "the large call begins in its turn, " + large);
    assertEquals(0, echo.open.get());
  }

  /**
   * Work is counted in tokens that are computed between a call's coming and its results. A batch
   * goes on when all callers that are in none have come again, so that it is the same in each run.
   */
  @Test
  void noCallWaitsForMuchMoreWorkThanMost() throws InterruptedException {
    int callers = 50;
    int calls = 6;
    var inBatch = new AtomicInteger();
    var active = new AtomicInteger(callers);
    var counting =
        new BatchScheduler(
            echo, BUDGET, 1, 1, (members, sequences, tokens) -> inBatch.set(members));
    var work = Collections.synchronizedList(new ArrayList<Integer>());
    int[][] many = IntStream.range(0, 200).mapToObj(i -> sequence(1, 32)).toArray(int[][]::new);
    var threads = new ArrayList<Thread>();
    for (int c = 0; c < callers; c++) {
      int caller = c;
      threads.add(
          builder.start(() -> {
            for (int call = 0; call < calls; call++) {
              int came = echo.computed.get();
              if (caller == 0) {
                values(counting, many);
              } else {
                values(counting, sequence(1, 1 + 37 * (caller + call) % BUDGET));
                work.add(echo.computed.get() - came);
              }
            }
            active.decrementAndGet();
          }));
    }
    while (active.get() > 0) {
      if (echo.started.tryAcquire()) {
        while (counting.waiting() != active.get() - inBatch.get()) {
          Thread.yield();
        }
        echo.allowed.release();
      }
      Thread.yield();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals((callers - 1) * calls, work.size());
    List<Integer> sorted = work.stream().sorted().toList();
    int median = sorted.get(sorted.size() / 2);
    int slowest = sorted.getLast();
    assertTrue(slowest <= 2 * median, slowest + " tokens against a median of " + median);
    assertEquals(0, echo.open.get());
  }
}
