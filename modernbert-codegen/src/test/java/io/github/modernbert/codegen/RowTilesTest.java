package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.Arm64;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.x86.ProductCode;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RowTilesTest {
  @Test
  void rowsAreCutIntoTilesThatAreAboutEqual() {
    for (int rows = 1; rows < 60; rows++) {
      for (int least = 1; least < 4; least++) {
        RowTiles tiles = RowTiles.of(rows, 14, least);
        long count = tiles.tall() + tiles.low();
        assertEquals(
            rows, tiles.tall() * tiles.height() + tiles.low() * (tiles.height() - 1), "rows");
        assertEquals(Math.max((rows + 13) / 14, Math.min(rows, least)), count, "tiles");
        assertTrue(
            tiles.height() <= 14 && tiles.tall() > 0 && tiles.low() >= 0, "%d".formatted(rows));
      }
    }
  }

  /**
   * One tile of AVX-512 prefetches half of the next block of float32, in all other cases all of it.
   */
  @Test
  void fewRowsAreCutSoThatTheNextBlockIsPrefetched() {
    assertEquals(2, ProductCode.fewestTiles(KernelShape.AVX512, PanelFormat.FLOAT32));
    assertEquals(1, ProductCode.fewestTiles(KernelShape.AVX512, PanelFormat.BFLOAT16));
    assertEquals(1, ProductCode.fewestTiles(KernelShape.AVX2, PanelFormat.FLOAT32));
    assertEquals(1, new Arm64(Set.of()).fewestTiles(PanelFormat.FLOAT32));
  }
}
