package io.github.modernbert.tokenizer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Short words are merged by one algorithm, long ones by another: both as one merge at a time. */
class SymbolsTest {
  /** The lowest rank first, the leftmost of equal ones; says what is left of the word. */
  private static List<Integer> plain(MergeTable merges, List<Integer> word) {
    var left = new ArrayList<>(word);
    while (true) {
      int best = -1;
      int bestRank = MergeTable.NONE;
      for (int i = 0; i + 1 < left.size(); i++) {
        int rank = merges.rank(left.get(i), left.get(i + 1));
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return left;
      }
      left.set(best, merges.joined(bestRank));
      left.remove(best + 1);
    }
  }

  @Test
  void bothAlgorithmsMergeTheLowestRankFirst() {
    var random = new Random(1);
    for (int round = 0; round < 3000; round++) {
      MergeTable merges = merges(random);
      var word = new ArrayList<Integer>();
      for (int i = random.nextInt(120); i > 0; i--) {
        word.add(random.nextInt(4));
      }
      List<Integer> expected = plain(merges, word);
      assertEquals(expected, merged(new Symbols(merges, false), word), word::toString);
      assertEquals(expected, merged(new Symbols(merges, true), word), word::toString);
    }
  }

  @Test
  void symbolsAreReusedFromWordToWord() {
    var random = new Random(2);
    MergeTable merges = merges(random);
    var symbols = new Symbols(merges, false);
    for (int length : new int[] {3, 200, 0, 1, 41, 40, 39}) {
      var word = random.ints(length, 0, 4).boxed().toList();
      assertEquals(plain(merges, word), merged(symbols, word));
    }
  }

  private static List<Integer> merged(Symbols symbols, List<Integer> word) {
    symbols.clear();
    word.forEach(id -> symbols.add(id, 1));
    symbols.merge();
    var ids = new ArrayList<Integer>();
    int bytes = 0;
    for (int i = 0; i < symbols.size(); i++) {
      ids.add(symbols.id(i));
      bytes += symbols.bytes(i);
    }
    assertEquals(word.size(), bytes);
    return ids;
  }

  /** Merges of which each makes a token of its own out of tokens made before. */
  private static MergeTable merges(Random random) {
    int count = random.nextInt(40);
    var left = new int[count];
    var right = new int[count];
    var joined = new int[count];
    var pairs = new ArrayList<List<Integer>>();
    int size = 0;
    for (int i = 0; i < count; i++) {
      var pair = List.of(random.nextInt(4 + size), random.nextInt(4 + size));
      if (!pairs.contains(pair)) {
        pairs.add(pair);
        left[size] = pair.getFirst();
        right[size] = pair.getLast();
        joined[size] = 4 + size++;
      }
    }
    return new MergeTable(
        java.util.Arrays.copyOf(left, size),
        java.util.Arrays.copyOf(right, size),
        java.util.Arrays.copyOf(joined, size));
  }
}
