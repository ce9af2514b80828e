package io.github.modernbert.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.encoder.Tiling.RowRange;
import io.github.modernbert.encoder.Tiling.WorkItem;
import io.github.modernbert.kernels.Kernels;
import java.util.Arrays;
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
