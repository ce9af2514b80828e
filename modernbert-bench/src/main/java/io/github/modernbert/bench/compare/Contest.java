package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.compare.Peer.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Contestants with the same checkpoint and number of threads take turns at workloads. */
final class Contest implements AutoCloseable {
  /** Whoever needs longer for a run has only one. */
  private static final double LONG_SECONDS = 15;

  /**
   * The most tokens of a text before the first round: a minute is too much for what is done once.
   */
  private static final int WARM_UP_TOKENS = 2048;

  private static final double LATENCY_SECONDS = 1;
  private static final int LATENCY_RUNS = 20;

  /** Is told how it goes. */
  interface Listener {
    /** Something for whoever waits. */
    void progress(String line);

    /** A peer failed. */
    void leftOut(String who, String why);
  }

  /**
   * How often everybody runs.
   *
   * @param rounds in which each has a turn
   * @param warmUpSeconds before the first one, at least one run
   */
  record Pace(int rounds, double warmUpSeconds) {}

  /**
   * One who takes part.
   *
   * @param name in the report
   * @param precision of its numbers
   * @param pads whether it pads the texts of a batch
   * @param sortsItself whether it makes batches of sorted texts itself
   * @param warmUpRuns before the first round, at least
   */
  private record Entrant(
      String name,
      Precision precision,
      boolean pads,
      boolean sortsItself,
      int warmUpRuns,
      Contestant contestant) {
    /** How it is given the texts of a workload. */
    List<Batching> batchings(Workload workload) {
      if (!pads) {
        return List.of(Batching.OWN);
      }
      if (workload.kind() != Workload.Kind.MIXED) {
        return List.of(Batching.AS_GIVEN);
      }
      return sortsItself ? List.of(Batching.SORTED) : List.of(Batching.AS_GIVEN, Batching.SORTED);
    }
  }

  private final int threads;
  private final Pace pace;
  private final ModelFlops flops;
  private final Listener listener;
  private final List<Entrant> entrants = new ArrayList<>();

  /**
   * @param ours whom all others must agree with
   */
  Contest(int threads, Pace pace, ModelFlops flops, Contestant ours, Listener listener) {
    this.threads = threads;
    this.pace = pace;
    this.flops = flops;
    entrants.add(new Entrant(Result.OURS, Precision.FP32, false, true, 1, ours));
    this.listener = listener;
  }

  /**
   * Lets a peer take part if it computes what we compute.
   *
   * @throws PeerFailure if it does not; it is closed then
   */
  Agreement admit(Peer peer, Contestant contestant) {
    var entrant =
        new Entrant(
            peer.title(),
            peer.precision(),
            !peer.isOurs(),
            peer.sortsItself(),
            peer.warmUpRuns(),
            contestant);
    try {
      Workload check = Workload.check();
      List<float[]> expected = vectors(ours(), check);
      Agreement agreement = Agreement.of(expected, vectors(entrant, check));
      agreement.demand(peer.precision());
      entrants.add(entrant);
      return agreement;
    } catch (PeerFailure e) {
      contestant.close();
      throw e;
    }
  }

  private Entrant ours() {
    return entrants.getFirst();
  }

  private static List<float[]> vectors(Entrant entrant, Workload workload) {
    prepare(new Turn(entrant, entrant.batchings(workload).getFirst()), workload);
    entrant.contestant().run(1);
    return List.of(entrant.contestant().vectors());
  }

  private static void prepare(Turn turn, Workload workload) {
    turn.entrant.contestant().prepare(workload.texts(), turn.batching.batches(workload.texts()));
  }

  /** Only the first batch, which has the longest text or one that is nearly as long. */
  private static void prepareWarmUp(Turn turn, Workload workload) {
    List<List<Integer>> batches = turn.batching.batches(workload.texts());
    List<int[]> first =
        batches.getFirst().stream()
            .map(workload.texts()::get)
            .map(ids -> Arrays.copyOf(ids, Math.min(ids.length, WARM_UP_TOKENS)))
            .toList();
    turn.entrant.contestant().prepare(first, Batching.OWN.batches(first));
  }

  /** An entrant with one way to make batches. */
  private record Turn(Entrant entrant, Batching batching) {
    @Override
    public String toString() {
      return entrant.name() + ", " + batching.title();
    }
  }

  /** All results of a workload, ours first. A peer that fails or errs on the way is out. */
  List<Result> run(Workload workload) {
    var seconds = new LinkedHashMap<Turn, List<Double>>();
    var warm = new LinkedHashMap<Turn, Double>();
    for (Entrant entrant : List.copyOf(entrants)) {
      for (Batching batching : entrant.batchings(workload)) {
        Turn turn = new Turn(entrant, batching);
        seconds.put(turn, new ArrayList<>());
        attempt(workload, turn, seconds, () -> warm.put(turn, warmUp(turn, workload)));
      }
    }
    var expected = new ArrayList<float[]>();
    for (int round = 0; round < pace.rounds(); round++) {
      for (Turn turn : List.copyOf(seconds.keySet())) {
        List<Double> own = seconds.getOrDefault(turn, List.of());
        if (own.isEmpty() || own.getLast() < LONG_SECONDS) {
          attempt(
              workload,
              turn,
              seconds,
              () -> {
                prepare(turn, workload);
                int times = times(workload, warm.getOrDefault(turn, 0.0));
                Arrays.stream(turn.entrant.contestant().run(times)).forEach(own::add);
                List<float[]> vectors = List.of(turn.entrant.contestant().vectors());
                if (expected.isEmpty()) {
                  // Ours: it has the first turn.
                  expected.addAll(vectors);
                }
                Agreement.of(expected, vectors).demand(turn.entrant.precision());
                listener.progress("%s: %s: %.3f s".formatted(workload.name(), turn, own.getLast()));
              });
        }
      }
    }
    return results(workload, seconds);
  }

  private static int times(Workload workload, double seconds) {
    if (workload.kind() != Workload.Kind.LATENCY) {
      return 1;
    }
    return (int) Math.clamp(LATENCY_SECONDS / seconds, 1, LATENCY_RUNS);
  }

  private double warmUp(Turn turn, Workload workload) {
    prepareWarmUp(turn, workload);
    double last = 0;
    double sum = 0;
    for (int runs = 0; sum < pace.warmUpSeconds() || runs < turn.entrant.warmUpRuns(); runs++) {
      last = turn.entrant.contestant().run(1)[0];
      sum += last;
    }
    return last;
  }

  private void attempt(
      Workload workload, Turn turn, Map<Turn, List<Double>> seconds, Runnable run) {
    Entrant entrant = turn.entrant;
    if (!entrants.contains(entrant)) {
      return;
    }
    try {
      run.run();
    } catch (PeerFailure e) {
      entrants.remove(entrant);
      seconds.keySet().removeIf(t -> t.entrant == entrant);
      entrant.contestant().close();
      listener.leftOut(
          entrant.name(), workload.name() + ", " + turn.batching.title() + ": " + e.getMessage());
    }
  }

  private List<Result> results(Workload workload, Map<Turn, List<Double>> seconds) {
    var results = new ArrayList<Result>();
    seconds.forEach((turn, values) ->
        results.add(
            new Result(
                threads,
                workload.name(),
                turn.entrant.name(),
                turn.entrant.precision(),
                turn.batching,
                workload.tokens(),
                turn.entrant.pads()
                    ? turn.batching.paddedTokens(workload.texts())
                    : workload.tokens(),
                flops.of(workload.texts()),
                List.copyOf(values),
                turn.entrant.contestant().memory())));
    return results;
  }

  /** Frees the model and ends the processes of all peers. */
  @Override
  public void close() {
    entrants.forEach(entrant -> entrant.contestant().close());
  }
}
