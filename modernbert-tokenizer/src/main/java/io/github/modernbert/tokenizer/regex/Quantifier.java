package io.github.modernbert.tokenizer.regex;

import java.util.Optional;

/** {@code * + ? {n,m}} with its suffix. */
record Quantifier(int min, int max, boolean greedy, boolean possessive) {
  /** The engine's own limit. */
  private static final int MAX_TIMES = 100_000;

  /** The quantifier here, or nothing; a brace that starts none is an ordinary character. */
  static Optional<Quantifier> parse(PatternReader in) {
    if (in.take("*")) {
      return Optional.of(suffixed(in, 0, Node.UNBOUNDED));
    }
    if (in.take("+")) {
      return Optional.of(suffixed(in, 1, Node.UNBOUNDED));
    }
    if (in.take("?")) {
      return Optional.of(suffixed(in, 0, 1));
    }
    int start = in.index();
    var interval = in.take("{") ? interval(in) : Optional.<Quantifier>empty();
    if (interval.isEmpty()) {
      in.reset(start);
    }
    return interval;
  }

  private static Quantifier suffixed(PatternReader in, int min, int max) {
    if (in.take("?")) {
      return new Quantifier(min, max, false, false);
    }
    return new Quantifier(min, max, true, in.take("+"));
  }

  private static Optional<Quantifier> interval(PatternReader in) {
    int low = times(in);
    boolean comma = in.take(",");
    int high = comma ? times(in) : low;
    if (low < 0 && high < 0 || !in.take("}")) {
      return Optional.empty();
    }
    int min = Math.max(low, 0);
    int max = high < 0 ? Node.UNBOUNDED : high;
    if (!comma) {
      return Optional.of(new Quantifier(min, max, true, false));
    }
    if (max < min) {
      // {5,2} is how the engine's syntax writes a possessive {2,5}
      return Optional.of(new Quantifier(max, min, true, true));
    }
    return Optional.of(new Quantifier(min, max, !in.take("?"), false));
  }

  private static int times(PatternReader in) {
    int start = in.index();
    long times = in.number(10, Integer.MAX_VALUE, "a repeat");
    if (times > MAX_TIMES) {
      throw in.error("a repeat of more than " + MAX_TIMES + " times", start);
    }
    return (int) times;
  }

  /** The repeat of {@code body}. */
  Node apply(Node body) {
    Node repeat = Nodes.repeat(body, min, max, greedy);
    return possessive ? new Node.Atomic(repeat) : repeat;
  }
}
