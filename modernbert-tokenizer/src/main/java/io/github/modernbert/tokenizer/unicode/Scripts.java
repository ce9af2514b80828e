package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The script of every code point, as ranges; loaded only when scripts are asked for. */
final class Scripts {
  /** Where the ranges start, ascending from 0; each goes up to the next one. */
  private static final int[] STARTS;

  private static final int[] NUMBERS;

  static {
    var ranges = new TreeMap<Integer, Integer>();
    for (String entry : Tables.read(Scripts.class, "scripts.txt").getOrDefault("", List.of())) {
      CodePointSet set = CodePointSet.parse(Tables.value(entry));
      for (int range = 0; range < set.rangeCount(); range++) {
        ranges.put(set.first(range), Integer.parseInt(Tables.key(entry)));
      }
    }
    STARTS = ranges.keySet().stream().mapToInt(Integer::intValue).toArray();
    NUMBERS = ranges.entrySet().stream().mapToInt(Map.Entry::getValue).toArray();
  }

  private Scripts() {}

  /** The number of the script of a code point. */
  static int of(int codePoint) {
    int at = Arrays.binarySearch(STARTS, codePoint);
    return NUMBERS[at >= 0 ? at : -at - 2];
  }
}
