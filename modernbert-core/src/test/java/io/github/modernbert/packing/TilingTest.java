package io.github.modernbert.packing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.packing.Tiling.Tile;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TilingTest {
  @Test
  void tasksCoverAllRowsInOrderAndTilesKeepTheirPlaces() {
    var random = new SplittableRandom(3);
    for (int run = 0; run < 200; run++) {
      List<int[]> sequences =
          IntStream.range(0, random.nextInt(1, 12))
              .mapToObj(i -> new int[random.nextInt(1, 400)])
              .toList();
      var batch = PackedBatch.of(sequences);
      int row = 0;
      for (Tiling.Task task : Tiling.tasks(batch, random.nextInt(1, 5))) {
        assertEquals(row, task.from());
        assertTrue(task.to() - task.from() <= Tiling.maxTaskRows());
        for (Tile tile : task.tiles()) {
          assertEquals(row, tile.from());
          assertEquals(0, tile.position() % Kernels.QUERY_BLOCK);
          assertEquals(batch.cuSeqlens()[tile.sequence()] + tile.position(), tile.from());
          assertTrue(tile.to() <= batch.cuSeqlens()[tile.sequence() + 1]);
          row = tile.to();
        }
        assertEquals(row, task.to());
      }
      assertEquals(batch.tokens(), row);
    }
  }

  @Test
  void packedBatchesKnowTheirSequences() {
    var batch = PackedBatch.of(List.of(new int[] {5, 6, 7}, new int[] {8}));
    assertEquals(2, batch.size());
    assertEquals(4, batch.tokens());
    assertEquals(3, batch.longest());
    assertEquals(64, batch.paddedTokens());
    assertEquals("[5, 6, 7, 8]", Arrays.toString(batch.ids()));
  }
}
