package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Literal;
import io.github.modernbert.tokenizer.regex.Node.OneOf;
import io.github.modernbert.tokenizer.unicode.CodePointSet;
import io.github.modernbert.tokenizer.unicode.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which code points, alone or up to three in a row, are alike when case is ignored. */
final class CaseFolds {
  /** The most code points that one can fold to. */
  static final int LONGEST = 3;

  /** The code points alike to one, itself included. */
  private static final Map<Integer, int[]> ORBITS = new HashMap<>();

  /** The code points that one folds to, where these are several. */
  private static final Map<Integer, List<Integer>> SEVERAL = new LinkedHashMap<>();

  /** The code points that fold to several, by what those are, shorter ones first. */
  private static final Map<List<Integer>, List<Integer>> UNFOLDED = new LinkedHashMap<>();

  static {
    var sections = Tables.read(CaseFolds.class, "folds.txt");
    for (String entry : sections.getOrDefault("orbits", List.of())) {
      int[] orbit = Tables.codePoints(entry);
      for (int codePoint : orbit) {
        ORBITS.put(codePoint, orbit);
      }
    }
    for (int length = 2; length <= LONGEST; length++) {
      for (String entry : sections.getOrDefault("several", List.of())) {
        int[] folded = Tables.codePoints(Tables.value(entry));
        if (folded.length == length) {
          int codePoint = Integer.parseInt(Tables.key(entry), 16);
          List<Integer> key = Arrays.stream(folded).map(CaseFolds::representative).boxed().toList();
          SEVERAL.put(codePoint, key);
          UNFOLDED.computeIfAbsent(key, k -> new ArrayList<>()).add(codePoint);
        }
      }
    }
  }

  private CaseFolds() {}

  private static int representative(int codePoint) {
    return SEVERAL.containsKey(codePoint) ? codePoint : orbit(codePoint)[0];
  }

  /** The code points alike to {@code codePoint}, itself included. */
  static int[] orbit(int codePoint) {
    int[] orbit = ORBITS.get(codePoint);
    return orbit == null ? new int[] {codePoint} : orbit;
  }

  /** A set with everything that is alike to one of its code points by itself. */
  static CodePointSet close(CodePointSet set) {
    var more = new ArrayList<Integer>();
    ORBITS.forEach((codePoint, orbit) -> {
      if (set.contains(codePoint)) {
        Arrays.stream(orbit).forEach(more::add);
      }
    });
    return set.union(CodePointSet.of(more.stream().mapToInt(Integer::intValue).toArray()));
  }

  /** For each code point of the set that folds to several: what matches those. */
  static List<Node> several(CodePointSet set) {
    var nodes = new ArrayList<Node>();
    UNFOLDED.forEach((folded, codePoints) -> {
      if (codePoints.stream().anyMatch(set::contains)) {
        nodes.add(sequence(folded));
      }
    });
    return nodes;
  }

  /**
   * A node that matches a literal when case is ignored. As in the engine, the parts of a literal
   * that one code point can fold to are found from left to right, longest first; inside a
   * look-behind each code point stands for itself.
   */
  static Node expand(int[] literal, boolean inLookBehind) {
    var parts = new ArrayList<Node>();
    for (int at = 0; at < literal.length; ) {
      int length = inLookBehind ? 1 : lengthOfFold(literal, at);
      parts.add(
          length > 1 ? alternatives(key(literal, at, length)) : single(literal[at], inLookBehind));
      at += length;
    }
    return Nodes.concat(parts);
  }

  private static int lengthOfFold(int[] literal, int at) {
    for (int length = Math.min(LONGEST, literal.length - at); length > 1; length--) {
      if (UNFOLDED.containsKey(key(literal, at, length))) {
        return length;
      }
    }
    return 1;
  }

  private static List<Integer> key(int[] literal, int at, int length) {
    return Arrays.stream(literal, at, at + length).map(CaseFolds::representative).boxed().toList();
  }

  private static Node single(int codePoint, boolean inLookBehind) {
    List<Integer> folded = SEVERAL.get(codePoint);
    return folded == null || inLookBehind ? oneOf(orbit(codePoint)) : alternatives(folded);
  }

  /** Everything alike to a sequence that some code point folds to. */
  private static Node alternatives(List<Integer> folded) {
    var codePoints = UNFOLDED.getOrDefault(folded, List.of());
    var alike = new OneOf(CodePointSet.of(codePoints.stream().mapToInt(i -> i).toArray()));
    return new Node.Alternate(List.of(sequence(folded), alike));
  }

  private static Node sequence(List<Integer> folded) {
    return Nodes.concat(folded.stream().map(codePoint -> oneOf(orbit(codePoint))).toList());
  }

  private static Node oneOf(int[] orbit) {
    return orbit.length == 1 ? new Literal(orbit, false) : new OneOf(CodePointSet.of(orbit));
  }
}
