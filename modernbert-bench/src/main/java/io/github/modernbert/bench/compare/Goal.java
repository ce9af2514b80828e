package io.github.modernbert.bench.compare;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Something to reach.
 *
 * @param what in words
 * @param bound the least, or the most if {@code atMost}
 * @param atMost whether less is better
 * @param found by this run, if it measured that
 */
record Goal(String what, double bound, boolean atMost, OptionalDouble found) {
  static Goal atLeast(String what, double bound, OptionalDouble found) {
    return new Goal(what, bound, false, found);
  }

  static Goal atMost(String what, double bound, OptionalDouble found) {
    return new Goal(what, bound, true, found);
  }

  /** {@code met}, {@code not met} or {@code not measured}. */
  String verdict() {
    if (found.isEmpty()) {
      return "not measured";
    }
    double value = found.getAsDouble();
    return (atMost ? value <= bound : value >= bound) ? "met" : "**not met**";
  }

  /** For a report in JSON. */
  Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("what", what);
    facts.put(atMost ? "atMost" : "atLeast", bound);
    found.ifPresent(value -> facts.put("found", value));
    facts.put("verdict", verdict().replace("*", ""));
    return facts;
  }

  /** A row of a Markdown table. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %s %s | %s | %s |\n",
        what,
        atMost ? "≤" : "≥",
        bound,
        found.isEmpty() ? "" : String.format(Locale.ROOT, "%.3f", found.getAsDouble()),
        verdict());
  }
}
