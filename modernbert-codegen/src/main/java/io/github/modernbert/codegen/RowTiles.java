package io.github.modernbert.codegen;

/**
 * The tiles that rows are cut into, as high and as equal as they can be: {@code tall} of {@code
 * height} rows and {@code low} of one row less.
 */
record RowTiles(long height, long tall, long low) {
  /**
   * Cuts rows into tiles.
   *
   * @param most rows of the highest tile there is
   */
  static RowTiles of(int rows, int most) {
    return of(rows, most, 1);
  }

  /**
   * Cuts rows into tiles.
   *
   * @param most rows of the highest tile there is
   * @param least tiles, if there are as many rows
   */
  static RowTiles of(int rows, int most, int least) {
    int count = Math.max(Math.ceilDiv(rows, most), Math.min(rows, least));
    int height = Math.ceilDiv(rows, count);
    int tall = rows - count * (height - 1);
    return new RowTiles(height, tall, count - tall);
  }
}
