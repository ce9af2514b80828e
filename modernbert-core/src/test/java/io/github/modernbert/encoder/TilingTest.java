package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.encoder.Tiling.RowRange;
import io.github.modernbert.encoder.Tiling.WorkItem;
import io.github.modernbert.kernels.Kernels;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TilingTest {
  @Test
  void itemsCoverAllRowsInOrderAndRangesKeepTheirPlaces() {
    var random = new SplittableRandom(3);
    for (int run = 0; run < 200; run++) {
      List<TokenSequence> sequences =
          IntStream.range(0, random.nextInt(1, 12))
              .mapToObj(i -> TokenSequence.of(new int[random.nextInt(1, 400)]))
              .toList();
      var batch = PackedBatch.of(sequences);
      int row = 0;
      for (WorkItem item : Tiling.items(batch, random.nextInt(1, 5))) {
        assertEquals(row, item.from());
        assertTrue(item.to() - item.from() <= Tiling.maxItemRows());
        for (RowRange range : item.ranges()) {
          assertEquals(row, range.from());
          assertEquals(0, range.position() % Kernels.QUERY_BLOCK);
          assertEquals(batch.cuSeqlens()[range.sequence()] + range.position(), range.from());
          assertTrue(range.to() <= batch.cuSeqlens()[range.sequence() + 1]);
          row = range.to();
        }
        assertEquals(row, item.to());
      }
      assertEquals(batch.tokens(), row);
    }
  }

  @Test
  void itemsHaveTheirShareOfAllRowsButForAQueryBlock() {
    for (int threads = 1; threads <= 3; threads++) {
      for (int length : new int[] {20, 128, 512}) {
        var sequences = Collections.nCopies(4096 / length, TokenSequence.of(new int[length]));
        var batch = PackedBatch.of(sequences);
        List<WorkItem> items = Tiling.items(batch, threads);
        assertEquals(0, items.size() % threads);
        double share = (double) batch.tokens() / items.size();
        for (WorkItem item : items) {
          assertEquals(share, item.to() - item.from(), Kernels.QUERY_BLOCK);
        }
      }
    }
  }

  @Test
  void fewRowsAreOneItemForSeveralThreads() {
    assertEquals(1, Tiling.items(PackedBatch.of(new int[224]), 2).size());
    assertEquals(4, Tiling.items(PackedBatch.of(new int[225]), 2).size());
    assertEquals(1, Tiling.items(PackedBatch.of(new int[336]), 1).size());
    assertEquals(4, Tiling.usefulThreads(1));
    assertEquals(8, Tiling.usefulThreads(224));
    assertEquals(9, Tiling.usefulThreads(225));
  }

  @Test
  void partsOfAnItemKeepTheirPlaces() {
    var item = new WorkItem(List.of(new RowRange(2, 56, 100, 130), new RowRange(3, 0, 130, 140)));
    assertEquals(
        List.of(new RowRange(2, 81, 125, 130), new RowRange(3, 0, 130, 137)), item.ranges(25, 37));
    assertEquals(List.of(new RowRange(3, 2, 132, 133)), item.ranges(32, 33));
  }

  @Test
  void packedBatchesKnowTheirSequences() {
    var batch =
        PackedBatch.of(
            List.of(new TokenSequence(new int[] {5, 6, 7}, 2), TokenSequence.of(new int[] {8})));
    assertEquals(2, batch.size());
    assertEquals(4, batch.tokens());
    assertEquals(3, batch.longest());
    assertEquals(64, batch.paddedTokens());
    assertEquals("[5, 6, 7, 8]", Arrays.toString(batch.ids()));
    assertEquals("[2, 1]", Arrays.toString(batch.visible()));
  }
}
