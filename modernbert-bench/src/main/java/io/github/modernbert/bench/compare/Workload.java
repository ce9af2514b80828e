package io.github.modernbert.bench.compare;

import io.github.modernbert.testdata.SyntheticModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * Texts to embed, as token ids; the same in every run and for everybody.
 *
 * @param name what reports call it
 * @param kind what is asked of it
 * @param texts token ids, special ones included
 */
record Workload(String name, Kind kind, List<int[]> texts) {
  /** The question that is asked of a workload. */
  enum Kind {
    /** One short text: how long does it take? */
    LATENCY,
    /** Texts of one length: how many tokens a second? */
    EQUAL,
    /** Texts of different lengths, which others have to pad. */
    MIXED
  }

  private static final long SEED = 42;

  private static final int MIXED_TEXTS = 64;
  private static final double MEDIAN = 90;

  /** The standard deviation of the logarithm; gives a mean of about 1.2 times the median. */
  private static final double DEVIATION = 0.6;

  private static final int SHORTEST = 8;
  private static final int LONGEST = 512;
  private static final int UNIFORM_TEXTS = 32;

  /** Those of the comparison, in the order of the report. */
  static List<Workload> all() {
    return List.of(
        equal(Kind.LATENCY, 1, 16),
        equal(Kind.LATENCY, 1, 128),
        equal(Kind.EQUAL, 32, 128),
        equal(Kind.EQUAL, 8, 512),
        logNormal(),
        uniform(),
        equal(Kind.EQUAL, 2, 2048),
        longest());
  }

  /** Those of the comparison with other encoders: short and long, fixed and mixed lengths. */
  static List<Workload> encoders() {
    return List.of(uniform(), equal(Kind.EQUAL, 8, 512), longest());
  }

  /** One text as long as models take. */
  static Workload longest() {
    return equal(Kind.EQUAL, 1, 8192);
  }

  /** Lengths on both sides of attention's window, much padding: where a wrong mask shows. */
  static Workload check() {
    int[] lengths = {16, 8, 300, 150, 9};
    return of("check", Kind.MIXED, lengths.length, i -> lengths[i]);
  }

  /** Texts of one length. */
  static Workload equal(Kind kind, int count, int length) {
    return of(count + " × " + length, kind, count, i -> length);
  }

  private static Workload logNormal() {
    var random = new SplittableRandom(SEED);
    return of(
        "mixed, log-normal",
        Kind.MIXED,
        MIXED_TEXTS,
        i -> {
          double length = MEDIAN * Math.exp(DEVIATION * random.nextGaussian());
          return Math.clamp(Math.round(length), SHORTEST, LONGEST);
        });
  }

  /** Lengths 8, 24, 40 … 504, each once, shuffled: their mean is 256. */
  private static Workload uniform() {
    var lengths = new ArrayList<Integer>();
    int step = LONGEST / UNIFORM_TEXTS;
    for (int i = 0; i < UNIFORM_TEXTS; i++) {
      lengths.add(step / 2 + i * step);
    }
    Collections.shuffle(lengths, new Random(SEED));
    return of("mixed, uniform", Kind.MIXED, UNIFORM_TEXTS, lengths::get);
  }

  private static Workload of(String name, Kind kind, int count, IntUnaryOperator length) {
    var texts = new ArrayList<int[]>();
    for (int i = 0; i < count; i++) {
      texts.add(SyntheticModel.tokenIds(SEED + i, length.applyAsInt(i)));
    }
    return new Workload(name, kind, List.copyOf(texts));
  }

  /** Tokens of the longest text. */
  int longestText() {
    return texts.stream().mapToInt(ids -> ids.length).max().orElse(0);
  }

  /** Real tokens. */
  long tokens() {
    return texts.stream().mapToLong(ids -> ids.length).sum();
  }
}
