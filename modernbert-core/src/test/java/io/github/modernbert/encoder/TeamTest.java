package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Batches that are one work item for several threads, and the least that are more. */
final class TeamTest {
  private static final List<List<Integer>> BATCHES =
      List.of(
          List.of(1),
          List.of(3, 1, 2),
          List.of(16),
          List.of(29),
          List.of(128),
          List.of(70, 28, 31),
          List.of(224),
          List.of(225));

  @Test
  void bitsDoNotDependOnHowManyThreadsThereAre() {
    bitsDoNotDependOnHowManyThreadsThereAre(LoadOptions.defaults());
    bitsDoNotDependOnHowManyThreadsThereAre(LoadOptions.defaults().precision(Precision.INT8));
    bitsDoNotDependOnHowManyThreadsThereAre(LoadOptions.defaults().kernels(KernelChoice.PORTABLE));
  }

  private static void bitsDoNotDependOnHowManyThreadsThereAre(LoadOptions options) {
    try (var one = TextEmbedder.bundled(options.threads(1));
        var two = TextEmbedder.bundled(options.threads(2));
        var seven = TextEmbedder.bundled(options.threads(7))) {
      for (List<Integer> lengths : BATCHES) {
        List<int[]> texts =
            lengths.stream().map(n -> new Random(n).ints(n, 5, 1000).toArray()).toList();
        float[][] expected = embed(one, texts);
        assertArrayEquals(expected, embed(two, texts), () -> lengths + " with two threads");
        assertArrayEquals(expected, embed(seven, texts), () -> lengths + " with seven threads");
      }
    }
  }

  private static float[][] embed(TextEmbedder embedder, List<int[]> texts) {
    return embedder.embedTokenIds(texts, EmbedOptions.defaults()).toArray();
  }
}
