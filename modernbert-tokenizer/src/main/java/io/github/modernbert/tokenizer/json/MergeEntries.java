package io.github.modernbert.tokenizer.json;

import io.github.modernbert.tokenizer.text.ByteStrings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The merges of a model in the order of their ranks.
 *
 * @param joined the two parts of each merge, one behind the other
 * @param middles where the right part of each begins in the bytes of {@code joined}
 * @param places the index of each in the array of the file, which may hold lines with a version too
 */
public record MergeEntries(ByteStrings joined, int[] middles, int[] places) {
  /** Merges of the parts of two lists of the same length. */
  public static MergeEntries of(List<String> left, List<String> right) {
    var joined = new ByteStrings();
    var middles = new int[left.size()];
    for (int i = 0; i < middles.length; i++) {
      append(left.get(i), joined);
      middles[i] = joined.length();
      append(right.get(i), joined);
      joined.endString();
    }
    return new MergeEntries(joined, middles, IntStream.range(0, middles.length).toArray());
  }

  private static void append(String part, ByteStrings joined) {
    byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
    joined.append(utf8, 0, utf8.length);
  }

  /** How many merges there are. */
  public int size() {
    return places.length;
  }

  /** The left part of a merge. */
  public String left(int index) {
    return text(joined.start(index), middles[index]);
  }

  /** The right part of a merge. */
  public String right(int index) {
    return text(middles[index], joined.end(index));
  }

  private String text(int from, int to) {
    return new String(joined.bytes(), from, to - from, StandardCharsets.UTF_8);
  }
}
