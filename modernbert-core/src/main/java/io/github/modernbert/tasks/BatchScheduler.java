package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.EncodedBatch;
import io.github.modernbert.encoder.PackedBatch;
import io.github.modernbert.encoder.Tiling;
import io.github.modernbert.encoder.TokenSequence;
import io.github.modernbert.events.PartEvent;
import io.github.modernbert.events.Recorder;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.WorkerPool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes sequences in batches of at most so many tokens, longest first, and gives the results in
 * the order of the sequences. Callers that wait at the same time are computed together. All tasks
 * use it. Safe for use by several threads.
 *
 * <p>There is no timer. A caller that finds a processor free computes a batch at once: its own
 * sequences and those of all who wait, as far as there is room, the longest waiting first. Whoever
 * comes while all processors are busy waits in a queue. When a batch has been computed, the caller
 * that has waited longest computes the next one, unless another comes before it wakes. Each caller
 * reads the results of its own sequences. With what did not fit into a batch it goes to the end of
 * the queue; so of n callers in the queue each has its turn in n batches at most, however much the
 * others want.
 *
 * <p>A batch has the threads that are free, or its share of them if others wait, and of all that
 * waits or is computed no larger share. So one call has all processors, and many callers keep each
 * processor busy with a batch of its own, where threads do not wait for each other.
 *
 * <p>A platform thread computes the batch that it forms itself. For virtual threads platform
 * threads do it, one after the other as long as virtual threads wait: computing would take away
 * what carries other virtual threads, which could then not even come into the queue.
 *
 * <p>A caller that is interrupted leaves the queue, or the batch; that is computed all the same
 * while anybody waits for it.
 */
public final class BatchScheduler {
  /**
   * For each so many tokens a batch has a thread even if no processor is free: two work items of
   * full size, so that threads that take turns on a processor lose nothing. It also keeps many
   * processors from many large batches at a time, whose memory adds up.
   */
  private static final int TOKENS_FOR_THREAD = 2 * Tiling.maxItemRows();

  /** How long a thread that computes for virtual ones waits for more to do. */
  private static final long SECONDS_IDLE = 1;

  /** Computes a result from the hidden states of one sequence. */
  @FunctionalInterface
  public interface SequenceFunction<R> {
    /**
     * @param index which of the sequences
     * @param hidden the last hidden states of its tokens, valid during the call
     */
    R apply(int index, Matrix hidden);
  }

  /** Receives the progress of a call. */
  @FunctionalInterface
  public interface CallListener {
    /** Some of the caller's sequences have been computed. */
    void done(Part part);
  }

  /**
   * The part of a call that was computed in one batch.
   *
   * @param sequences how many of the caller's sequences
   * @param tokens how many tokens they have
   * @param waited nanoseconds until the batch was begun
   * @param computed nanoseconds from then until the caller had read its results
   */
  public record Part(int sequences, int tokens, long waited, long computed) {}

  /** Receives each batch. */
  @FunctionalInterface
  public interface BatchListener {
    /**
     * A batch is about to be computed, by this thread.
     *
     * @param callers how many callers have sequences in it
     * @param sequences how many sequences there are
     * @param tokens how many tokens they have
     */
    void begins(int callers, int sequences, int tokens);
  }

  /** Computes the hidden states of a batch. */
  @FunctionalInterface
  interface Computation {
    /**
     * @param threads how many threads work on it at most, the caller's included
     * @param cancelled asked now and then; when it is true, a {@link CancellationException} may end
     *     the computation
     */
    EncodedBatch encode(PackedBatch batch, int threads, BooleanSupplier cancelled);
  }

  private final Computation computation;
  private final BatchListener listener;
  private final int tokenBudget;
  private final int threads;
  private final int processors;

  /** Guards the queue and the number of busy threads. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Callers that are in no batch, the one that has waited longest first. */
  private final ArrayDeque<Caller> queue = new ArrayDeque<>();

  /** How many threads work on the batches under way. */
  private int busy;

  /** How much room the batches under way take. */
  private long computing;

  /** How many callers of the last batch that was computed have not read their results yet. */
  private volatile AtomicInteger reading = new AtomicInteger();

  /** Platform threads that compute for virtual ones; they end when there was nothing to do. */
  private final Executor workers =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          SECONDS_IDLE,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> WorkerPool.thread("modernbert-batch", work));

  /**
   * @param tokenBudget tokens computed together at most, unless a single sequence is longer;
   *     counted as they lie in memory, where short sequences are filled up to whole key panels
   */
  public BatchScheduler(Backbone backbone, int tokenBudget, BatchListener listener) {
    this(
        backbone::encode,
        tokenBudget,
        backbone.pool().threads(),
        Runtime.getRuntime().availableProcessors(),
        listener);
  }

  /**
   * @param threads how many threads work on one batch at most
   * @param processors as long as batches under way use fewer threads, another one may begin
   */
  BatchScheduler(
      Computation computation,
      int tokenBudget,
      int threads,
      int processors,
      BatchListener listener) {
    this.computation = computation;
    this.tokenBudget = tokenBudget;
    this.threads = threads;
    this.processors = processors;
    this.listener = listener;
  }

  /** The greatest number of tokens in a batch. */
  public int tokenBudget() {
    return tokenBudget;
  }

  /** How many callers wait in the queue. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Applies a function to the hidden states of each sequence.
   *
   * @param sequences token ids that the model takes; none is empty
   * @param function called by this thread
   * @param calls called by this thread
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public <R> List<R> run(
      List<TokenSequence> sequences, SequenceFunction<R> function, CallListener calls) {
    var caller = new Caller(sequences);
    var results = new ArrayList<@Nullable R>(Collections.nCopies(sequences.size(), null));
    while (caller.hasMore()) {
      PartEvent event = Recorder.isInUse() ? new PartEvent() : null;
      long came = System.nanoTime();
      Share share = compute(caller);
      Batch batch = share.batch();
      int row = share.firstRow();
      try {
        Matrix hidden = batch.hidden();
        for (int place = share.from(); place < share.to(); place++) {
          int index = caller.order[place];
          int length = sequences.get(index).ids().length;
          results.set(index, function.apply(index, hidden.slice(row, row + length)));
          row += length;
        }
      } finally {
        batch.leave();
      }
      var part =
          new Part(
              share.to() - share.from(),
              row - share.firstRow(),
              batch.begun - came,
              System.nanoTime() - batch.begun);
      calls.done(part);
      if (event != null && event.shouldCommit()) {
        event.sequences = part.sequences();
        event.tokens = part.tokens();
        event.waited = part.waited();
        event.computed = part.computed();
        event.commit();
      }
    }
    return results.stream().map(Objects::requireNonNull).toList();
  }

  /** Waits until a part of the caller's sequences has been computed, or computes it. */
  private Share compute(Caller caller) {
    Share share = await(caller);
    Batch batch = share.batch();
    try {
      batch.requireSuccess();
      if (Thread.currentThread().isInterrupted()) {
        throw cancelled();
      }
    } catch (Throwable e) {
      batch.leave();
      throw e;
    }
    return share;
  }

  private Share await(Caller caller) {
    join(caller);
    while (true) {
      if (caller.share == null) {
        try {
          computeIfItCan(caller);
        } catch (Throwable e) {
          if (giveUp(caller)) {
            throw e;
          }
        }
      }
      Share share = caller.share;
      if (share != null && share.batch().isDone) {
        caller.take(share);
        return share;
      }
      LockSupport.park(this);
      // Cleared, since it would keep the thread from waiting.
      if (Thread.interrupted()) {
        caller.isInterrupted = true;
        if (giveUp(caller)) {
          throw cancelled();
        }
      }
    }
  }

  private void computeIfItCan(Caller caller) {
    letReadersGo();
    Batch formed = formBatch(caller);
    if (formed != null) {
      start(formed);
    }
  }

  /**
   * Lets the callers of the last batch run, who often come again at once, before the next batch is
   * formed; otherwise half of all batches are of one caller. There are none after the batch of a
   * caller alone. It yields once: the system takes each time for a turn that was had, and keeps a
   * thread that yields often waiting in the middle of its batch.
   */
  private void letReadersGo() {
    if (reading.get() > 0) {
      Thread.yield();
    }
  }

  private void join(Caller caller) {
    lock.lock();
    try {
      queue.add(caller);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a caller out of the queue, or out of its batch.
   *
   * @return false if it is the one whose batch it is, which stays until that is done
   */
  private boolean giveUp(Caller caller) {
    lock.lock();
    try {
      if (queue.remove(caller)) {
        wakeFirst();
        return true;
      }
    } finally {
      lock.unlock();
    }
    Batch batch = Objects.requireNonNull(caller.share).batch();
    if (batch.leader == caller) {
      return false;
    }
    batch.leave();
    return true;
  }

  /**
   * Makes a batch of the first in the queue if a processor is free and a caller, whose batch it
   * will be, is one of them.
   */
  private @Nullable Batch formBatch(Caller leader) {
    lock.lock();
    try {
      int free = processors - busy;
      if (free <= 0 || leader.share != null) {
        return null;
      }
      int batches = Math.min(free, queue.size());
      var batch = new Batch(leader);
      fill(batch, free, batches);
      if (!batch.holds(leader)) {
        return null;
      }
      int wanted = Math.max(free / batches, batch.tokens / TOKENS_FOR_THREAD);
      int useful = Tiling.usefulThreads(batch.tokens);
      batch.threads = Math.min(threads, Math.min(wanted, useful));
      begin(batch);
      wakeFirst();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds the first in the queue, as far as there is room. The free processors have their share of
   * all that waits or is computed, in as many equal parts as there will be batches: a batch of
   * everything that waits would keep its callers longer than the other processors keep theirs.
   */
  private void fill(Batch batch, int free, int batches) {
    long all = computing + queue.stream().mapToLong(caller -> caller.room).sum();
    long part = Math.ceilDiv(all * free, (long) processors * batches);
    long room = Math.min(tokenBudget, part);
    for (Iterator<Caller> i = queue.iterator(); i.hasNext() && room > 0; ) {
      Caller caller = i.next();
      room -= batch.add(caller, caller.end(room, caller == queue.peek()));
    }
  }

  /** Moves the callers of a batch out of the queue. */
  private void begin(Batch batch) {
    Iterator<Caller> waiting = queue.iterator();
    for (Share share : batch.shares) {
      share.caller().share = share;
      while (waiting.next() != share.caller()) {}
      waiting.remove();
    }
    busy += batch.threads;
    computing += batch.room;
  }

  private void wakeFirst() {
    Caller first = queue.peek();
    if (first != null && busy < processors) {
      LockSupport.unpark(first.thread);
    }
  }

  /** Computes a batch, or has it computed if this thread is virtual. */
  private void start(Batch batch) {
    if (!batch.leader.thread.isVirtual()) {
      compute(batch);
      wakeNext();
      return;
    }
    try {
      workers.execute(() -> work(batch));
    } catch (Throwable e) {
      batch.failure = e;
      finish(batch);
      wakeNext();
    }
  }

  /** Computes a batch, and further ones as long as it is a virtual thread that waits longest. */
  private void work(Batch first) {
    Batch batch = first;
    while (batch != null) {
      compute(batch);
      letReadersGo();
      batch = nextOfVirtualThread();
    }
  }

  private @Nullable Batch nextOfVirtualThread() {
    lock.lock();
    try {
      Caller first = queue.peek();
      Batch batch = first != null && first.thread.isVirtual() ? formBatch(first) : null;
      if (batch == null) {
        wakeFirst();
      }
      return batch;
    } catch (OutOfMemoryError e) {
      // The caller tries it on its own thread, and gets the error if it happens again.
      wakeFirst();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void wakeNext() {
    lock.lock();
    try {
      wakeFirst();
    } finally {
      lock.unlock();
    }
  }

  private void compute(Batch batch) {
    batch.compute(computation, listener);
    finish(batch);
  }

  private void finish(Batch batch) {
    lock.lock();
    try {
      busy -= batch.threads;
      computing -= batch.room;
    } finally {
      lock.unlock();
    }
    reading = batch.present;
    batch.isDone = true;
    for (Share share : batch.shares) {
      if (share.caller().thread != Thread.currentThread()) {
        LockSupport.unpark(share.caller().thread);
      }
    }
  }

  private static CancellationException cancelled() {
    Thread.currentThread().interrupt();
    return new CancellationException("interrupted while others' calls were computed");
  }

  /** The sequences of one caller. */
  private static final class Caller {
    private final Thread thread = Thread.currentThread();
    private final List<TokenSequence> sequences;

    /** The numbers of the sequences, longest first. */
    private final Integer[] order;

    /** Place in the order of the first sequence that is in no batch yet. */
    private int next;

    /** How much room all sequences want that are in no batch yet. */
    private long room;

    /** What is computed of it; null while it waits in the queue. */
    private volatile @Nullable Share share;

    /** Whether it was interrupted while it waited for its batch. */
    private volatile boolean isInterrupted;

    Caller(List<TokenSequence> sequences) {
      this.sequences = sequences;
      this.order = new Integer[sequences.size()];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, Comparator.comparingInt(i -> -sequences.get(i).ids().length));
      this.room = room(0, order.length);
    }

    boolean hasMore() {
      return next < order.length;
    }

    TokenSequence sequence(int place) {
      return sequences.get(order[place]);
    }

    long paddedLength(int place) {
      return KeyValues.paddedTokens(new int[] {0, sequence(place).ids().length});
    }

    /** How much room the sequences at some places want. */
    long room(int from, int to) {
      long sum = 0;
      for (int place = from; place < to; place++) {
        sum += paddedLength(place);
      }
      return sum;
    }

    /**
     * The place behind the next sequences that have room.
     *
     * @param atLeastOne whether the first is taken even if it is longer
     */
    int end(long room, boolean atLeastOne) {
      int end = next;
      for (long left = room; end < order.length; end++) {
        left -= paddedLength(end);
        if (left < 0 && !(atLeastOne && end == next)) {
          break;
        }
      }
      return end;
    }

    /** Whether it no longer wants the results. */
    boolean isCancelled() {
      return isInterrupted || thread.isInterrupted();
    }

    void take(Share taken) {
      room -= room(next, taken.to());
      next = taken.to();
      share = null;
      if (isInterrupted) {
        thread.interrupt();
      }
    }
  }

  /**
   * The part of a caller's sequences that is computed in a batch.
   *
   * @param from first place in the caller's order
   * @param to place after the last
   * @param firstRow row of its first token in the batch
   */
  private record Share(Batch batch, Caller caller, int from, int to, int firstRow) {}

  /** Sequences that are computed together. */
  private static final class Batch {
    private final Caller leader;
    private final List<Share> shares = new ArrayList<>();
    private final List<TokenSequence> sequences = new ArrayList<>();

    /** How many callers have not left. The leader stays until it is done. */
    private final AtomicInteger present = new AtomicInteger();

    private int tokens;

    /** How much room all sequences take. */
    private long room;

    private int threads;
    private long begun;
    private @Nullable EncodedBatch encoded;
    private @Nullable Throwable failure;

    /** Written last, and read first by those who wait. */
    private volatile boolean isDone;

    Batch(Caller leader) {
      this.leader = leader;
    }

    /** Adds the next sequences of a caller up to a place; returns how much room they take. */
    long add(Caller caller, int end) {
      if (end == caller.next) {
        return 0;
      }
      shares.add(new Share(this, caller, caller.next, end, tokens));
      for (int place = caller.next; place < end; place++) {
        sequences.add(caller.sequence(place));
        tokens += caller.sequence(place).ids().length;
      }
      present.incrementAndGet();
      long added = caller.room(caller.next, end);
      room += added;
      return added;
    }

    boolean holds(Caller caller) {
      return shares.stream().anyMatch(share -> share.caller() == caller);
    }

    void compute(Computation computation, BatchListener listener) {
      begun = System.nanoTime();
      try {
        listener.begins(shares.size(), sequences.size(), tokens);
        encoded =
            computation.encode(
                PackedBatch.of(sequences),
                threads,
                () -> present.get() == 1 && leader.isCancelled());
      } catch (Throwable e) {
        failure = e;
      }
    }

    void requireSuccess() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }

    Matrix hidden() {
      return Objects.requireNonNull(encoded).hidden();
    }

    /** Ends a caller's interest in the batch; the last one gives back its memory. */
    void leave() {
      if (present.decrementAndGet() == 0 && encoded != null) {
        encoded.close();
      }
    }
  }
}
