package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.tasks.Vectors;
import io.github.modernbert.testdata.Golden;
import io.github.modernbert.weights.TransformerFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Sequences of which only a prefix is attended to, beside those that end with that prefix. */
final class VisiblePrefixTest {
  private static Backbone backbone(String kernels) {
    Path folder = Golden.folders("checkpoints/plain", "config.json").getFirst();
    return new Backbone(
        "test",
        TransformerFiles.of(folder),
        KernelSelection.select(kernels),
        WeightFormats.FLOAT32,
        2);
  }

  private static float[][] encode(Backbone backbone, int[] ids, int visible) {
    PackedBatch batch = PackedBatch.of(List.of(new TokenSequence(ids, visible)));
    return backbone.encode(batch, LayerObserver.NONE, Vectors::rows);
  }

  @Test
  void prefixesHaveTheBitsOfSequencesOfTheirOwn() {
    try (Backbone backbone = backbone("vector");
        Backbone portable = backbone("portable")) {
      int reach = backbone.config().windowReach();
      for (int length : new int[] {1, 7, 28, 29, 57, 70, 300}) {
        int[] ids = new Random(length).ints(length, 0, 1000).toArray();
        int visible = Math.max(1, length - reach);
        float[][] states = encode(backbone, ids, visible);
        assertEquals(length, states.length);
        int[] prefix = Arrays.copyOf(ids, visible);
        assertArrayEquals(
            encode(backbone, prefix, visible),
            Arrays.copyOf(states, visible),
            "do not attend to what follows");
        assertArrayEquals(states, encode(portable, ids, visible), "portable");
        if (length > visible) {
          int[] other = ids.clone();
          other[length - 1] = (ids[length - 1] + 1) % 1000;
          assertArrayEquals(
              Arrays.copyOf(states, length - 1),
              Arrays.copyOf(encode(backbone, other, visible), length - 1),
              "nor do tokens behind the prefix attend to each other");
        }
      }
    }
  }

  /** The prefix of a sequence counts for it alone, whatever else is in the batch. */
  @Test
  void sequencesOfABatchHavePrefixesOfTheirOwn() {
    try (Backbone backbone = backbone("auto")) {
      var sequences =
          List.of(
              new TokenSequence(new Random(1).ints(60, 0, 1000).toArray(), 56),
              TokenSequence.of(new Random(2).ints(33, 0, 1000).toArray()),
              new TokenSequence(new Random(3).ints(9, 0, 1000).toArray(), 1));
      PackedBatch batch = PackedBatch.of(sequences);
      float[][] together = backbone.encode(batch, LayerObserver.NONE, Vectors::rows);
      for (int b = 0; b < sequences.size(); b++) {
        TokenSequence sequence = sequences.get(b);
        assertArrayEquals(
            encode(backbone, sequence.ids(), sequence.visible()),
            Arrays.copyOfRange(together, batch.cuSeqlens()[b], batch.cuSeqlens()[b + 1]));
      }
    }
  }

  @Test
  void theyAreInterruptible() {
    try (Backbone backbone = backbone("auto")) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> encode(backbone, new int[5], 3));
      assertTrue(Thread.interrupted());
    }
  }

  /** Behind the windows of local layers there is nothing to attend to: what is there is alone. */
  @Test
  void tokensThatAttendToNothingDependOnThemselves() {
    try (Backbone backbone = backbone("auto");
        Backbone portable = backbone("portable")) {
      int reach = backbone.config().windowReach();
      int[] ids = new Random(4).ints(3 + 3 * reach + 60, 0, 1000).toArray();
      float[][] states = encode(backbone, ids, 3);
      assertArrayEquals(states, encode(portable, ids, 3), "portable");
      int[] shorter = Arrays.copyOf(ids, 3 + reach + 5);
      assertArrayEquals(encode(backbone, shorter, 3), Arrays.copyOf(states, shorter.length));
      for (float[] state : states) {
        for (float value : state) {
          assertTrue(Float.isFinite(value));
        }
      }
    }
  }
}
