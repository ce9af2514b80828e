package io.github.modernbert.tokenizer.processor;

import java.util.Map;
import java.util.TreeMap;

/** The tokens that belong to each text: half-open ranges by the number of the text. */
record SequenceRanges(Map<Integer, Range> ranges) {
  static final SequenceRanges NONE = new SequenceRanges(Map.of());

  record Range(int start, int end) {}

  SequenceRanges with(int sequence, int start, int end) {
    var changed = new TreeMap<>(ranges);
    changed.put(sequence, new Range(start, end));
    return new SequenceRanges(changed);
  }

  SequenceRanges shifted(int by) {
    var changed = new TreeMap<>(ranges);
    changed.replaceAll((sequence, range) -> new Range(range.start + by, range.end + by));
    return new SequenceRanges(changed);
  }

  /** Both; where both have a range for a text the other's counts. */
  SequenceRanges and(SequenceRanges other) {
    if (ranges.isEmpty()) {
      return other;
    }
    var changed = new TreeMap<>(ranges);
    changed.putAll(other.ranges);
    return new SequenceRanges(changed);
  }

  /**
   * The text of each token, −1 for none. Like the reference: without any range all tokens belong to
   * text 0, and a text without a range, of the first so many, has all tokens.
   */
  int[] ids(int length) {
    var ids = new int[length];
    java.util.Arrays.fill(ids, -1);
    for (int sequence = 0; sequence < Math.max(1, ranges.size()); sequence++) {
      Range range = ranges.getOrDefault(sequence, new Range(0, length));
      java.util.Arrays.fill(ids, range.start, range.end, sequence);
    }
    return ids;
  }
}
