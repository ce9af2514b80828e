package io.github.modernbert.bench;

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
public record Goal(String what, double bound, boolean atMost, OptionalDouble found) {
  /** A goal where more is better. */
  public static Goal atLeast(String what, double bound, OptionalDouble found) {
    return new Goal(what, bound, false, found);
  }

  /** A goal where less is better. */
  public static Goal atMost(String what, double bound, OptionalDouble found) {
    return new Goal(what, bound, true, found);
  }

  /** {@code met}, {@code not met} or {@code not measured}. */
  public String verdict() {
    if (found.isEmpty()) {
      return "not measured";
    }
    double value = found.getAsDouble();
    return (atMost ? value <= bound : value >= bound) ? "met" : "**not met**";
  }

  /** For a report in JSON. */
  public Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("what", what);
    facts.put(atMost ? "atMost" : "atLeast", bound);
    found.ifPresent(value -> facts.put("found", value));
    facts.put("verdict", verdict().replace("*", ""));
    return facts;
  }

  /** A row of a Markdown table. */
  public String row() {
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
