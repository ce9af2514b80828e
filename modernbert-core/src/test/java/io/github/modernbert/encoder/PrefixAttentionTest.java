package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.packing.PackedBatch;
import io.github.modernbert.tasks.Vectors;
import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The forward pass with a prefix that is attended to, against the one that it restates. */
final class PrefixAttentionTest {
  private static Backbone backbone(String kernels) {
    Path folder = Golden.folders("checkpoints/plain", "config.json").getFirst();
    ModernBertConfig config = ModernBertConfig.read(folder);
    return new Backbone(
        "test", folder, config, KernelSelection.select(kernels), WeightFormats.FLOAT32, 2);
  }

  private static float[][] whole(Backbone backbone, int[] ids) {
    return backbone.encode(PackedBatch.of(List.of(ids)), LayerObserver.NONE, Vectors::rows);
  }

  @Test
  void prefixesHaveTheBitsOfTheEncoder() {
    try (Backbone backbone = backbone("vector");
        Backbone portable = backbone("portable")) {
      int reach = backbone.config().windowReach();
      for (int length : new int[] {1, 7, 28, 29, 57, 70, 300}) {
        int[] ids = new Random(length).ints(length, 0, 1000).toArray();
        assertArrayEquals(whole(backbone, ids), backbone.encode(ids, length, Vectors::rows));
        int attended = Math.max(1, length - reach);
        float[][] states = backbone.encode(ids, attended, Vectors::rows);
        assertEquals(length, states.length);
        float[][] prefix = whole(backbone, Arrays.copyOf(ids, attended));
        assertArrayEquals(prefix, Arrays.copyOf(states, attended), "do not see what follows");
        assertArrayEquals(states, portable.encode(ids, attended, Vectors::rows), "portable");
        int[] other = ids.clone();
        other[length - 1] = (ids[length - 1] + 1) % 1000;
        float[][] changed = backbone.encode(other, attended, Vectors::rows);
        int unchanged = Math.max(attended, length - 1);
        assertArrayEquals(
            Arrays.copyOf(states, length == attended ? 0 : unchanged),
            Arrays.copyOf(changed, length == attended ? 0 : unchanged),
            "nor do tokens behind the prefix see each other");
      }
    }
  }

  @Test
  void tokensThatSeeNothingAreRefused() {
    try (Backbone backbone = backbone("auto")) {
      int reach = backbone.config().windowReach();
      assertTrue(backbone.sees(reach + 3, 3));
      assertFalse(backbone.sees(reach + 4, 3));
      assertFalse(backbone.sees(1, 0));
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> backbone.encode(new int[reach + 2], 1, hidden -> 0));
      assertEquals("1 of 10 tokens are attended to, others see nothing", e.getMessage());
    }
  }
}
