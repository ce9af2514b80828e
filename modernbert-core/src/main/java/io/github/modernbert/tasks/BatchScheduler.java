package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.EncodedBatch;
import io.github.modernbert.encoder.PackedBatch;
import io.github.modernbert.encoder.TokenSequence;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Computes sequences in batches of at most so many tokens, longest first, and gives the results in
 * the order of the sequences. Callers that wait at the same time are computed together. All tasks
 * use it. Safe for use by several threads.
 *
 * <p>It has no thread of its own and no timer. A caller that finds processors free computes its
 * batch at once, on its own thread. Whoever comes while they are busy waits in a queue. When a
 * batch has been computed, the caller that has waited longest computes the next one: its own
 * sequences, and those of the others in the queue as far as there is room. Each caller reads the
 * results of its own sequences. With what did not fit into a batch it goes to the end of the queue;
 * so of n callers in the queue each has its turn in n batches at most, however much the others
 * want.
 *
 * <p>A caller that is interrupted leaves the queue, or the batch; that is computed all the same
 * while anybody waits for it.
 */
public final class BatchScheduler {
  /** Computes a result from the hidden states of one sequence. */
  @FunctionalInterface
  public interface SequenceFunction<R> {
    /**
     * @param index which of the sequences
     * @param hidden the last hidden states of its tokens, valid during the call
     */
    R apply(int index, Matrix hidden);
  }

  /** Receives the progress after each batch. */
  @FunctionalInterface
  public interface BatchListener {
    /**
     * @param sequences how many of the caller's sequences were computed
     * @param tokens how many tokens they had
     */
    void done(int sequences, int tokens);
  }

  /** Computes the hidden states of a batch. */
  @FunctionalInterface
  interface Computation {
    /**
     * @param cancelled asked now and then; when it is true, a {@link CancellationException} may end
     *     the computation
     */
    EncodedBatch encode(PackedBatch batch, BooleanSupplier cancelled);
  }

  private final Computation computation;
  private final int tokenBudget;
  private final int threads;
  private final int processors;

  /** Guards the queue and the mutable fields of callers and batches. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Callers that are in no batch, the one that has waited longest first. */
  private final ArrayDeque<Caller> queue = new ArrayDeque<>();

  /** How many threads work on the batches under way. */
  private int busy;

  /**
   * @param tokenBudget tokens computed together at most, unless a single sequence is longer;
   *     counted as they lie in memory, where short sequences are filled up to whole key panels
   */
  public BatchScheduler(Backbone backbone, int tokenBudget) {
    this(
        backbone::encode,
        tokenBudget,
        backbone.pool().threads(),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * @param threads how many threads work on one batch at most
   * @param processors as long as batches under way use fewer threads, another one may begin
   */
  BatchScheduler(Computation computation, int tokenBudget, int threads, int processors) {
    this.computation = computation;
    this.tokenBudget = tokenBudget;
    this.threads = threads;
    this.processors = processors;
  }

  /** The greatest number of tokens in a batch. */
  public int tokenBudget() {
    return tokenBudget;
  }

  /** How many callers wait in the queue. */
  int queueLength() {
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
   * @param listener called by this thread
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public <R> List<R> run(
      List<TokenSequence> sequences, SequenceFunction<R> function, BatchListener listener) {
    var caller = new Caller(sequences);
    var results = new ArrayList<@Nullable R>();
    sequences.forEach(s -> results.add(null));
    while (caller.hasMore()) {
      Share share = compute(caller);
      int row = share.firstRow();
      try {
        Matrix hidden = share.batch().hidden();
        for (int place = share.from(); place < share.to(); place++) {
          int index = caller.order[place];
          int length = sequences.get(index).ids().length;
          results.set(index, function.apply(index, hidden.slice(row, row + length)));
          row += length;
        }
      } finally {
        share.batch().leave();
      }
      listener.done(share.to() - share.from(), row - share.firstRow());
    }
    return results.stream().map(Objects::requireNonNull).toList();
  }

  /** Waits for a turn, and until the batch has been computed, which may be up to this thread. */
  private Share compute(Caller caller) {
    Share share = join(caller);
    Batch batch = share.batch();
    try {
      if (batch.leader == caller) {
        lead(batch);
      } else {
        awaitDone(caller, batch);
      }
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

  /** Waits in the queue; the first in it forms a batch as soon as processors are free. */
  private Share join(Caller caller) {
    lock.lock();
    try {
      queue.add(caller);
      while (caller.share == null) {
        if (queue.peek() == caller && busy < processors) {
          formBatch(caller);
        } else {
          caller.changed.await();
        }
      }
      return caller.takeShare();
    } catch (InterruptedException e) {
      giveUp(caller, e);
      throw cancelled();
    } catch (RuntimeException | Error e) {
      giveUp(caller, e);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a caller out of the queue, or out of its batch, which fails if it was to compute it. */
  private void giveUp(Caller caller, Throwable cause) {
    if (caller.share == null) {
      queue.remove(caller);
      wakeFirst();
      return;
    }
    Batch batch = caller.share.batch();
    if (batch.leader == caller) {
      batch.failure = cause;
      finish(batch);
    }
    batch.leave();
  }

  private void formBatch(Caller leader) {
    var batch = new Batch(leader);
    long room = tokenBudget;
    for (Iterator<Caller> i = queue.iterator(); i.hasNext() && room > 0; ) {
      Caller caller = i.next();
      int end = caller.end(room, caller == leader);
      if (end > caller.next) {
        room -= batch.add(caller, end);
        i.remove();
      }
    }
    batch.threads = Math.min(threads, Math.ceilDiv(batch.tokens, Kernels.QUERY_BLOCK));
    busy += batch.threads;
    wakeFirst();
  }

  private void wakeFirst() {
    Caller first = queue.peek();
    if (first != null && busy < processors) {
      first.changed.signal();
    }
  }

  private void lead(Batch batch) {
    batch.compute(computation);
    lock.lock();
    try {
      finish(batch);
    } finally {
      lock.unlock();
    }
  }

  private void finish(Batch batch) {
    batch.isDone = true;
    busy -= batch.threads;
    batch.callers.forEach(caller -> caller.changed.signal());
    wakeFirst();
  }

  private void awaitDone(Caller caller, Batch batch) {
    lock.lock();
    try {
      while (!batch.isDone) {
        caller.changed.await();
      }
    } catch (InterruptedException e) {
      throw cancelled();
    } finally {
      lock.unlock();
    }
  }

  private static CancellationException cancelled() {
    Thread.currentThread().interrupt();
    return new CancellationException("interrupted while others' calls were computed");
  }

  /** The sequences of one caller. */
  private final class Caller {
    private final List<TokenSequence> sequences;

    /** The numbers of the sequences, longest first. */
    private final int[] order;

    /** Signalled when it is in a batch, when that has been computed, and when it may form one. */
    private final Condition changed = lock.newCondition();

    /** Place in the order of the first sequence that has not been computed. */
    private int next;

    /**
     * The part of it that is computed, from when a batch is formed until its thread has taken
     * notice.
     */
    private @Nullable Share share;

    Caller(List<TokenSequence> sequences) {
      this.sequences = sequences;
      this.order =
          IntStream.range(0, sequences.size())
              .boxed()
              .sorted(Comparator.comparingInt(i -> -sequences.get(i).ids().length))
              .mapToInt(i -> i)
              .toArray();
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

    Share takeShare() {
      Share taken = Objects.requireNonNull(share);
      share = null;
      next = taken.to();
      return taken;
    }
  }

  /**
   * The part of a caller's sequences that is computed in a batch.
   *
   * @param from first place in the caller's order
   * @param to place after the last
   * @param firstRow row of its first token in the batch
   */
  private record Share(Batch batch, int from, int to, int firstRow) {}

  /** Sequences that are computed together. */
  private static final class Batch {
    private final Caller leader;
    private final List<Caller> callers = new ArrayList<>();
    private final List<TokenSequence> sequences = new ArrayList<>();

    /** How many callers have not left. The leader does not leave before it is done. */
    private final AtomicInteger present = new AtomicInteger();

    private int tokens;
    private int threads;
    private boolean isDone;
    private @Nullable EncodedBatch encoded;
    private @Nullable Throwable failure;

    Batch(Caller leader) {
      this.leader = leader;
    }

    /** Adds sequences of a caller up to a place; returns how much room they take. */
    long add(Caller caller, int end) {
      caller.share = new Share(this, caller.next, end, tokens);
      long room = 0;
      for (int place = caller.next; place < end; place++) {
        sequences.add(caller.sequence(place));
        tokens += caller.sequence(place).ids().length;
        room += caller.paddedLength(place);
      }
      callers.add(caller);
      present.incrementAndGet();
      return room;
    }

    void compute(Computation computation) {
      Thread thread = Thread.currentThread();
      try {
        encoded =
            computation.encode(
                PackedBatch.of(sequences), () -> thread.isInterrupted() && present.get() == 1);
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
