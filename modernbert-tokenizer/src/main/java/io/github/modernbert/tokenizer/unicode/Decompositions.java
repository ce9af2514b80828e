package io.github.modernbert.tokenizer.unicode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The full decompositions and the combining classes, canonical or compatible. */
final class Decompositions {
  private static final Map<String, List<String>> TABLES =
      Tables.read(Decompositions.class, "normalization.txt");

  /** A combining class, or less than 0 for the complement of the number of a decomposition. */
  private final CodePointMap map = new CodePointMap();

  private final int[][] decompositions;

  private Decompositions(String... sections) {
    for (String entry : section("combining classes")) {
      map.putAll(CodePointSet.parse(Tables.value(entry)), Integer.parseInt(Tables.key(entry)));
    }
    var found = new ArrayList<int[]>();
    for (String section : sections) {
      for (String entry : section(section)) {
        map.put(Integer.parseInt(Tables.key(entry), 16), ~found.size());
        found.add(Tables.codePoints(Tables.value(entry)));
      }
    }
    decompositions = found.toArray(int[][]::new);
  }

  static List<String> section(String name) {
    return TABLES.getOrDefault(name, List.of());
  }

  /** The combining class of a code point that does not decompose; less than 0 if it does. */
  int combiningClass(int codePoint) {
    return map.get(codePoint);
  }

  /** The decomposition for an answer of {@link #combiningClass} less than 0. */
  int[] decomposition(int answer) {
    return decompositions[~answer];
  }

  /** Loaded when first needed. */
  static final class Canonical {
    static final Decompositions DATA = new Decompositions("canonical");

    private Canonical() {}
  }

  /** Loaded when first needed. */
  static final class Compatible {
    // the later section wins where a code point has both
    static final Decompositions DATA = new Decompositions("canonical", "compatible");

    private Compatible() {}
  }
}
