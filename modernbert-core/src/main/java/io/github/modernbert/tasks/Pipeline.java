package io.github.modernbert.tasks;

import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.Lifetime;
import io.github.modernbert.encoder.TokenSequence;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Computes the inputs of one call group by group, some batches at a time, and gives out their
 * results one by one. So memory does not grow with the number of inputs. Used by one thread.
 *
 * @param <T> what callers give
 * @param <S> what is kept of a sequence
 * @param <R> what they get
 */
public final class Pipeline<T, S, R> implements Iterator<R>, AutoCloseable {
  /** Batches whose sequences are sorted by length together. */
  private static final int BATCHES_IN_GROUP = 8;

  /** Inputs that the workers tokenise before their tokens are counted. */
  private static final int INPUTS_AT_ONCE = 64;

  /** Receives the progress of the call. */
  @FunctionalInterface
  public interface Progress {
    /** Some inputs have been computed, or parts of one. */
    void done(State state);
  }

  /**
   * How far a call has come.
   *
   * @param inputs how many are done
   * @param total how many there are, if that is known
   * @param tokens how many tokens have been computed
   * @param tokenization nanoseconds in which inputs were taken and their tokens made
   * @param queue nanoseconds in which it waited for the batches of others
   * @param computation nanoseconds in which batches with its sequences were computed and read
   */
  public record State(
      long inputs,
      OptionalLong total,
      long tokens,
      long tokenization,
      long queue,
      long computation) {}

  private final Backbone backbone;
  private final BatchScheduler scheduler;
  private final LongFunction<String> name;
  private final Iterator<? extends T> inputs;
  private final OptionalLong total;
  private final Function<T, Request<S, R>> prepare;
  private final Progress progress;
  private Lifetime.@Nullable Use use;
  private boolean endsWhenAbandoned;
  private boolean isClosed;
  private Iterator<R> ready = List.<R>of().iterator();
  private long taken;
  private long doneInputs;
  private long doneTokens;
  private long tokenization;
  private long queue;
  private long computation;

  /**
   * @param name what messages call an input, from its number
   * @param prepare tokenises an input; called by the workers
   */
  public Pipeline(
      Backbone backbone,
      BatchScheduler scheduler,
      LongFunction<String> name,
      Inputs<T> inputs,
      Function<T, Request<S, R>> prepare,
      Progress progress) {
    this.backbone = backbone;
    this.scheduler = scheduler;
    this.name = name;
    this.inputs = inputs.each();
    this.total = inputs.total();
    this.prepare = prepare;
    this.progress = progress;
  }

  /**
   * Ends the use of the model when this object is collected as garbage, in case nobody reads to the
   * end or closes it.
   */
  void endWhenAbandoned() {
    endsWhenAbandoned = true;
  }

  /**
   * Computes the next group if there is no result left. The model stays open from the first time on
   * until there are no more results.
   *
   * @throws IllegalStateException if the model was closed before the first time
   */
  @Override
  public boolean hasNext() {
    if (ready.hasNext()) {
      return true;
    }
    if (isClosed) {
      return false;
    }
    try {
      if (use == null) {
        use = backbone.begin();
        if (endsWhenAbandoned) {
          use.endWith(this);
        }
      }
      if (inputs.hasNext()) {
        long begun = System.nanoTime();
        List<Request<S, R>> group = nextGroup();
        tokenization += System.nanoTime() - begun;
        ready = compute(group).iterator();
      } else {
        close();
      }
      return ready.hasNext();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Ends the call: there are no more results than those that were computed. */
  @Override
  public void close() {
    isClosed = true;
    if (use != null) {
      use.close();
    }
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.next();
  }

  private List<Request<S, R>> nextGroup() {
    var group = new ArrayList<Request<S, R>>();
    long room = (long) BATCHES_IN_GROUP * scheduler.tokenBudget();
    while (room > 0 && inputs.hasNext()) {
      for (Request<S, R> input : prepareSome()) {
        group.add(input);
        // Inputs whose results are known do not fill batches, but memory.
        room -= Math.max(1, input.sequences().stream().mapToLong(ids -> ids.length).sum());
      }
    }
    return group;
  }

  private List<Request<S, R>> prepareSome() {
    long first = taken;
    var some = new ArrayList<T>();
    while (some.size() < INPUTS_AT_ONCE && inputs.hasNext()) {
      T input = inputs.next();
      if (input == null) {
        throw new IllegalArgumentException(name.apply(taken) + " is null");
      }
      taken++;
      some.add(input);
    }
    @SuppressWarnings("unchecked")
    var prepared = (Request<S, R>[]) new Request<?, ?>[some.size()];
    backbone.pool().run(prepared.length, i -> prepared[i] = prepare(some.get(i), first + i));
    return List.of(prepared);
  }

  private Request<S, R> prepare(T input, long index) {
    try {
      Request<S, R> prepared = prepare.apply(input);
      int sequence = 0;
      for (int[] ids : prepared.sequences()) {
        backbone.check(new TokenSequence(ids, prepared.visible(sequence++)));
      }
      return prepared;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name.apply(index) + ": " + e.getMessage(), e);
    }
  }

  private S read(List<Request<S, R>> group, Place place, Matrix hidden) {
    try {
      return group.get(place.input()).read(place.sequence(), hidden);
    } catch (NotFiniteException e) {
      String input = name.apply(taken - group.size() + place.input());
      throw new ModelFileException(
          "the model " + backbone.name(), input + ": " + e.getMessage(), e);
    }
  }

  private List<R> compute(List<Request<S, R>> group) {
    var places = new ArrayList<Place>();
    var sequences = new ArrayList<TokenSequence>();
    var left = new int[group.size()];
    for (int input = 0; input < left.length; input++) {
      Request<S, R> all = group.get(input);
      for (int[] ids : all.sequences()) {
        sequences.add(new TokenSequence(ids, all.visible(left[input])));
        places.add(new Place(input, left[input]++));
      }
      doneInputs += left[input] == 0 ? 1 : 0;
    }
    if (sequences.isEmpty()) {
      tellProgress();
    }
    Iterator<S> kept =
        scheduler
            .run(
                sequences,
                (index, hidden) -> {
                  Place place = places.get(index);
                  if (--left[place.input()] == 0) {
                    doneInputs++;
                  }
                  return read(group, place, hidden);
                },
                part -> {
                  doneTokens += part.tokens();
                  queue += part.waited();
                  computation += part.computed();
                  tellProgress();
                })
            .iterator();
    var results = new ArrayList<R>(group.size());
    for (Request<S, R> input : group) {
      results.add(input.result(input.sequences().stream().map(ids -> kept.next()).toList()));
    }
    return results;
  }

  private void tellProgress() {
    progress.done(new State(doneInputs, total, doneTokens, tokenization, queue, computation));
  }

  /** The index of a sequence: its input within the group, and its number within the input. */
  private record Place(int input, int sequence) {}
}
