package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.Goal;
import io.github.modernbert.bench.compare.Peer.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The goals of the project, with what a run found: ratios of median rates within the run. All but
 * the last are about one thread.
 */
final class Goals {
  private static final String LATENCY = "1 × 16";
  private static final String SHORT = "32 × 128";
  private static final String LONG = "8 × 512";
  private static final List<String> MIXED = List.of("mixed, log-normal", "mixed, uniform");
  private static final String LONGER = "2 × 2048";
  private static final String LONGEST = "1 × 8192";

  /** 1.6 GB, decimal. */
  private static final double RESIDENT_GB = 1.6;

  private final List<Result> results;
  private final List<ProductResult> products;
  private final List<StartUp> startUps;

  private Goals(List<Result> results, List<ProductResult> products, List<StartUp> startUps) {
    this.results = results;
    this.products = products;
    this.startUps = startUps;
  }

  /** All goals for whole models. */
  static List<Goal> of(List<Result> results, List<ProductResult> products, List<StartUp> startUps) {
    return new Goals(results, products, startUps).all();
  }

  private List<Goal> all() {
    var goals = new ArrayList<Goal>();
    goals.add(
        Goal.atLeast(
            "matrix product, 128 rows and more: lowest ours ÷ ONNX Runtime",
            1,
            products.stream()
                .filter(p -> p.rows() >= 128)
                .mapToDouble(ProductResult::ratio)
                .min()));
    goals.add(
        Goal.atMost(LATENCY + ": our time ÷ the best fp32 peer's", 1, inverse(ratio(LATENCY))));
    goals.add(overBest(SHORT, 1.2));
    goals.add(overBest(LONG, 1.4));
    for (String mixed : MIXED) {
      goals.add(
          Goal.atLeast(
              mixed + ": ours ÷ the best fp32 peer, batches as given",
              3.5,
              ratio(mixed, r -> r.batching() == Batching.AS_GIVEN)));
      goals.add(
          Goal.atLeast(
              mixed + ": ours ÷ the best fp32 peer, sorted by length",
              1.6,
              ratio(mixed, r -> r.batching() == Batching.SORTED)));
    }
    goals.add(overBest(LONGER, 2));
    goals.add(overBest(LONGEST, 3));
    goals.add(
        Goal.atLeast(
            LONGEST + ": our rate ÷ ours of " + LONG,
            0.5,
            quotient(rate(LONGEST, 1), rate(LONG, 1))));
    goals.add(Goal.atMost("8192 tokens: resident, GB", RESIDENT_GB, residentGigabytes()));
    goals.add(
        Goal.atMost(
            "our rates of %s, %s and mixed: fastest ÷ slowest".formatted(SHORT, LONG),
            1.1,
            spread()));
    for (String workload :
        List.of(SHORT, LONG, MIXED.getFirst(), MIXED.getLast(), LONGER, LONGEST)) {
      goals.add(
          Goal.atLeast(
              workload + ": our rate, two threads ÷ one",
              1.85,
              quotient(rate(workload, 2), rate(workload, 1))));
    }
    goals.add(int8(LATENCY, 1.1));
    goals.add(int8(SHORT, 1.3));
    MIXED.forEach(mixed -> goals.add(int8(mixed, 2)));
    goals.add(int8(LONGEST, 3));
    return goals;
  }

  /** Where lengths are mixed, the best peer is one that sorts texts. */
  private Goal int8(String workload, double bound) {
    String ours = Peer.OURS_INT8.title();
    return Goal.atLeast(
        workload + ": ours in int8 ÷ the best int8 peer",
        bound,
        quotient(
            fastest(workload, r -> r.contestant().equals(ours)),
            fastest(
                workload, r -> r.precision() == Precision.INT8 && !r.contestant().equals(ours))));
  }

  private Goal overBest(String workload, double bound) {
    return Goal.atLeast(workload + ": ours ÷ the best fp32 peer", bound, ratio(workload));
  }

  private OptionalDouble ratio(String workload) {
    return ratio(workload, r -> true);
  }

  private OptionalDouble ratio(String workload, Predicate<Result> which) {
    var best = fastest(workload, which.and(r -> !r.isOurs() && r.precision() == Precision.FP32));
    return quotient(rate(workload, 1), best);
  }

  private OptionalDouble fastest(String workload, Predicate<Result> which) {
    return of(workload, 1).filter(which).mapToDouble(Result::tokensPerSecond).max();
  }

  private OptionalDouble spread() {
    List<OptionalDouble> rates =
        Stream.of(SHORT, LONG, MIXED.getFirst(), MIXED.getLast()).map(w -> rate(w, 1)).toList();
    if (rates.stream().anyMatch(OptionalDouble::isEmpty)) {
      return OptionalDouble.empty();
    }
    var sorted = rates.stream().mapToDouble(OptionalDouble::getAsDouble).sorted().toArray();
    return OptionalDouble.of(sorted[sorted.length - 1] / sorted[0]);
  }

  private OptionalDouble residentGigabytes() {
    return startUps.stream()
        .filter(s -> s.contestant().equals(Result.OURS))
        .map(StartUp::longText)
        .filter(Objects::nonNull)
        .mapToDouble(memory -> memory.peak() / 1e9)
        .findFirst();
  }

  private OptionalDouble rate(String workload, int threads) {
    return of(workload, threads)
        .filter(Result::isOurs)
        .mapToDouble(Result::tokensPerSecond)
        .findFirst();
  }

  private Stream<Result> of(String workload, int threads) {
    return results.stream().filter(r -> r.workload().equals(workload) && r.threads() == threads);
  }

  private static OptionalDouble inverse(OptionalDouble value) {
    return quotient(OptionalDouble.of(1), value);
  }

  private static OptionalDouble quotient(OptionalDouble a, OptionalDouble b) {
    return a.isPresent() && b.isPresent()
        ? OptionalDouble.of(a.getAsDouble() / b.getAsDouble())
        : OptionalDouble.empty();
  }
}
