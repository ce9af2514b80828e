package io.github.modernbert.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How the texts of a workload are put into batches, which those who pad have to care about. */
enum Batching {
  /** In the order they come, 32 at a time: the default of sentence-transformers. */
  AS_GIVEN("as given", 32),

  /** Longest first, 8 at a time: little padding for code that its user has to write. */
  SORTED("sorted by length", 8),

  /** All in one call: whoever is called cares for the rest. */
  OWN("its own", Integer.MAX_VALUE);

  private final String title;
  private final int size;

  Batching(String title, int size) {
    this.title = title;
    this.size = size;
  }

  String title() {
    return title;
  }

  /** The indices of the texts of each batch. */
  List<List<Integer>> batches(List<int[]> texts) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, texts.size()).boxed().toList());
    if (this == SORTED) {
      order.sort(Comparator.comparing(i -> -texts.get(i).length));
    }
    var batches = new ArrayList<List<Integer>>();
    for (int from = 0; from < order.size(); from += Math.min(size, order.size())) {
      batches.add(List.copyOf(order.subList(from, Math.min(order.size() - from, size) + from)));
    }
    return batches;
  }

  /** The number of tokens in the batches when each text is padded to the longest of its batch. */
  long paddedTokens(List<int[]> texts) {
    return batches(texts).stream()
        .mapToLong(batch ->
            batch.size() * batch.stream().mapToLong(i -> texts.get(i).length).max().orElse(0))
        .sum();
  }
}
