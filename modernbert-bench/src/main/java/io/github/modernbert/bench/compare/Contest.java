package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.compare.Peer.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Contestants with the same checkpoint and number of threads take turns at workloads. */
final class Contest implements AutoCloseable {
  /** So long everybody is run before the first round, and at least once. */
  private static final double WARM_UP_SECONDS = 2;

  /** Whoever needs longer for a run has only one, after that of the warm-up. */
  private static final double LONG_SECONDS = 15;

  private static final double LATENCY_SECONDS = 1;
  private static final int LATENCY_RUNS = 20;

  /**
   * One who takes part.
   *
   * @param name in the report
   * @param precision of its numbers
   * @param sortsItself whether it makes batches of sorted texts itself
   */
  record Entrant(String name, Precision precision, boolean sortsItself, Contestant contestant) {
    boolean isOurs() {
      return name.equals(Result.OURS);
    }

    /** How it is given the texts of a workload. */
    List<Batching> batchings(Workload workload) {
      if (isOurs()) {
        return List.of(Batching.OWN);
      }
      if (workload.kind() != Workload.Kind.MIXED) {
        return List.of(Batching.AS_GIVEN);
      }
      return sortsItself
          ? List.of(Batching.SORTED)
          : List.of(Batching.AS_GIVEN, Batching.SORTED);
    }
  }

  private final int threads;
  private final int rounds;
  private final Consumer<String> progress;
  private final Entrant ours;
  private final List<Entrant> peers = new ArrayList<>();

  /**
   * @param ours whom all others must agree with
   */
  Contest(int threads, int rounds, Contestant ours, Consumer<String> progress) {
    this.threads = threads;
    this.rounds = rounds;
    this.ours = new Entrant(Result.OURS, Precision.FP32, true, ours);
    this.progress = progress;
  }

  /**
   * Lets a peer take part if it computes what we compute.
   *
   * @throws PeerFailure if it does not; it is closed then
   */
  Agreement admit(Peer peer, Contestant contestant) {
    var entrant = new Entrant(peer.title(), peer.precision(), peer.sortsItself(), contestant);
    try {
      Workload check = Workload.check();
      float[][] expected = vectors(ours, check);
      Agreement agreement = Agreement.of(expected, vectors(entrant, check));
      agreement.demand(peer.precision());
      peers.add(entrant);
      return agreement;
    } catch (PeerFailure e) {
      contestant.close();
      throw e;
    }
  }

  private static float[][] vectors(Entrant entrant, Workload workload) {
    prepare(new Turn(entrant, entrant.batchings(workload).getFirst()), workload);
    entrant.contestant().run(1);
    return entrant.contestant().vectors();
  }

  private static void prepare(Turn turn, Workload workload) {
    turn.entrant.contestant().prepare(workload.texts(), turn.batching.batches(workload.texts()));
  }

  /** An entrant with one way to make batches. */
  private record Turn(Entrant entrant, Batching batching) {
    @Override
    public String toString() {
      return entrant.name() + ", " + batching.title();
    }
  }

  /** All results of a workload, ours first. A peer that fails or errs on the way has none. */
  List<Result> run(Workload workload) {
    var seconds = new LinkedHashMap<Turn, List<Double>>();
    var longest = new LinkedHashMap<Turn, Double>();
    Turn own = new Turn(ours, Batching.OWN);
    longest.put(own, warmUp(own, workload));
    float[][] expected = ours.contestant().vectors();
    seconds.put(own, new ArrayList<>());
    for (Entrant peer : peers) {
      for (Batching batching : peer.batchings(workload)) {
        Turn turn = new Turn(peer, batching);
        attempt(
            turn,
            seconds,
            () -> {
              longest.put(turn, warmUp(turn, workload));
              check(turn, expected);
              seconds.put(turn, new ArrayList<>());
            });
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (Turn turn : List.copyOf(seconds.keySet())) {
        if (round == 0 || longest.getOrDefault(turn, 0.0) < LONG_SECONDS) {
          attempt(
              turn,
              seconds,
              () -> {
                prepare(turn, workload);
                int times = times(workload, longest.getOrDefault(turn, 0.0));
                for (double s : turn.entrant.contestant().run(times)) {
                  seconds.getOrDefault(turn, List.of()).add(s);
                }
                check(turn, expected);
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
    prepare(turn, workload);
    double last = 0;
    for (double sum = 0; sum < WARM_UP_SECONDS; sum += last) {
      last = turn.entrant.contestant().run(1)[0];
    }
    progress.accept(
        String.format(
            Locale.ROOT,
            "%s: %s: %.3f s, %.0f tokens/s",
            workload.name(),
            turn,
            last,
            workload.tokens() / last));
    return last;
  }

  private static void check(Turn turn, float[][] expected) {
    Agreement.of(expected, turn.entrant.contestant().vectors())
        .demand(turn.entrant.precision());
  }

  private void attempt(Turn turn, Map<Turn, List<Double>> seconds, Runnable run) {
    try {
      run.run();
    } catch (PeerFailure e) {
      progress.accept(turn + " is left out: " + e.getMessage());
      seconds.remove(turn);
    }
  }

  private List<Result> results(Workload workload, Map<Turn, List<Double>> seconds) {
    var results = new ArrayList<Result>();
    seconds.forEach(
        (turn, values) ->
            results.add(
                new Result(
                    threads,
                    workload.name(),
                    turn.entrant.name(),
                    turn.entrant.precision(),
                    turn.batching,
                    workload.tokens(),
                    List.copyOf(values))));
    return results;
  }

  /** Ends the processes of all peers. */
  @Override
  public void close() {
    ours.contestant().close();
    peers.forEach(peer -> peer.contestant().close());
  }
}
