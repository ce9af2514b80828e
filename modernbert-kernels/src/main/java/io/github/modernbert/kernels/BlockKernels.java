package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The loops over blocks, rows and heads that implementations share; what is left to them are the
 * innermost loops. The order of every sum is fixed here and in the contracts of those loops.
 *
 * <p>Offsets and strides of the innermost loops are in bytes, and all rows they get may be read and
 * written up to the next multiple of {@link Matrix#ROW_PADDING} floats.
 */
public abstract class BlockKernels implements Kernels {
  /** For subclasses. */
  protected BlockKernels() {}

  /** The largest number of rows that {@link #tile} takes and that is at most {@code rows}. */
  protected abstract int tileRows(int rows);

  /**
   * The product of {@code rows} rows of a with one panel b: c[r, n] = Σ_k a[r, k] · b[k, n], for n
   * below the panel width and k below depth, which is at most {@link #DEPTH_BLOCK}: one chain of
   * fused multiply-adds from +0 in ascending order.
   */
  protected abstract void tile(
      int rows,
      MemorySegment a,
      long aOffset,
      long aStride,
      MemorySegment b,
      long bOffset,
      long bStride,
      int depth,
      MemorySegment c,
      long cOffset,
      long cStride);

  /** {@code c[r, n] = c[r, n] + block[r, n]} for n below the panel width. */
  protected abstract void addTile(
      int rows, MemorySegment block, long blockStride, MemorySegment c, long cOffset, long cStride);

  /**
   * {@code y[i] = c[i]}, {@code c[i] + bias[i]}, {@code y[i] + c[i]} or {@code y[i] + (c[i] +
   * bias[i])}.
   */
  protected abstract void finishRow(
      MemorySegment c,
      long cOffset,
      MemorySegment bias,
      long biasOffset,
      boolean hasBias,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count);

  /** Layer normalisation of one row. */
  protected abstract void normRow(
      MemorySegment x, long xOffset, LayerNorm norm, MemorySegment y, long yOffset, int count);

  /** {@code y[i] = activation(x[i])}. */
  protected abstract void activateRow(
      Activation activation, MemorySegment x, long xOffset, int count);

  /** {@code y[i] = activation(u[i]) · g[i]}. */
  protected abstract void gateRow(
      Activation activation,
      MemorySegment x,
      long uOffset,
      long gOffset,
      MemorySegment y,
      long yOffset,
      int count);

  /** The largest of {@code count} floats, a multiple of {@link Reduction#LANES}. */
  protected abstract float maxRow(MemorySegment s, long offset, int count);

  /**
   * {@code s[i] = exp(s[i] − max)}, and {@code lanes[l] = lanes[l] · scale + Σ s[i]} over i ≡ l
   * modulo {@link Reduction#LANES} in ascending order. The count is a multiple of that.
   */
  protected abstract void expRow(
      MemorySegment s,
      long offset,
      int count,
      float max,
      float scale,
      MemorySegment lanes,
      long lanesOffset);

  /** {@code sums[i] = sums[i] · scale + x[i]}, fused. */
  protected abstract void rescaleRow(
      MemorySegment sums, long sumsOffset, float scale, MemorySegment x, long xOffset, int count);

  /** Like {@link #tile} for any depth: later blocks are added to the sum of earlier ones. */
  private void product(
      int rows,
      MemorySegment a,
      long aOffset,
      long aStride,
      MemorySegment b,
      long bOffset,
      long bStride,
      int depth,
      MemorySegment c,
      long cOffset,
      long cStride,
      Scratch scratch) {
    int first = Math.min(depth, DEPTH_BLOCK);
    tile(rows, a, aOffset, aStride, b, bOffset, bStride, first, c, cOffset, cStride);
    MemorySegment block = scratch.block.segment();
    long blockStride = scratch.block.offset(1, 0);
    for (int k = first; k < depth; k += DEPTH_BLOCK) {
      int count = Math.min(depth - k, DEPTH_BLOCK);
      long aBlock = aOffset + (long) k * Float.BYTES;
      long bBlock = bOffset + k * bStride;
      tile(rows, a, aBlock, aStride, b, bBlock, bStride, count, block, 0, blockStride);
      addTile(rows, block, blockStride, c, cOffset, cStride);
    }
  }

  @Override
  public final void multiply(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, false, scratch);
  }

  @Override
  public final void multiplyAdd(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, true, scratch);
  }

  private void multiply(Matrix x, PackedMatrix w, Matrix y, boolean add, Scratch scratch) {
    if (w.depth() <= SMALL) {
      SmallSums.multiply(x, w, y, add);
      return;
    }
    int width = w.panelWidth();
    long panelRow = (long) width * Float.BYTES;
    Matrix bias = w.bias();
    MemorySegment biasSegment = bias == null ? MemorySegment.NULL : bias.segment();
    MemorySegment tile = scratch.tile.segment();
    for (int column = 0, panel = 0; column < w.rows(); column += width, panel++) {
      int count = Math.min(width, w.rows() - column);
      for (int row = 0, height; row < x.rows(); row += height) {
        height = tileRows(x.rows() - row);
        product(
            height,
            x.segment(),
            x.offset(row, 0),
            x.offset(1, 0),
            w.panels(),
            w.panelOffset(panel),
            panelRow,
            w.depth(),
            tile,
            0,
            panelRow,
            scratch);
        for (int r = 0; r < height; r++) {
          finishRow(
              tile,
              r * panelRow,
              biasSegment,
              (long) column * Float.BYTES,
              bias != null,
              y.segment(),
              y.offset(row + r, column),
              add,
              count);
        }
      }
    }
  }

  @Override
  public final void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    if (x.columns() <= SMALL) {
      SmallSums.layerNorm(x, norm, y);
      return;
    }
    for (int r = 0; r < x.rows(); r++) {
      normRow(x.segment(), x.offset(r, 0), norm, y.segment(), y.offset(r, 0), x.columns());
    }
  }

  @Override
  public final void activate(Activation activation, Matrix x) {
    for (int r = 0; r < x.rows(); r++) {
      activateRow(activation, x.segment(), x.offset(r, 0), x.columns());
    }
  }

  @Override
  public final void gate(Activation activation, Matrix x, Matrix y) {
    int half = y.columns();
    for (int r = 0; r < x.rows(); r++) {
      gateRow(
          activation,
          x.segment(),
          x.offset(r, 0),
          x.offset(r, half),
          y.segment(),
          y.offset(r, 0),
          half);
    }
  }

  @Override
  public final void splitHeads(
      Matrix qkv,
      int position,
      Rotary rotary,
      float scale,
      Matrix queries,
      KeyValues target,
      int sequence) {
    HeadSplitter.split(qkv, position, rotary, scale, queries, target, sequence, panelWidth());
  }

  @Override
  public final void attend(
      Matrix queries,
      int position,
      int reach,
      KeyValues keyValues,
      int sequence,
      Matrix y,
      Scratch scratch) {
    int last = position + queries.rows() - 1;
    int firstKey = Math.max(0, position - reach) / KEY_ALIGNMENT * KEY_ALIGNMENT;
    int endKey = (int) Math.min(keyValues.length(sequence), (long) last + reach + 1);
    for (int head = 0; head < keyValues.heads(); head++) {
      scratch.sums.segment().fill((byte) 0);
      scratch.lanes.segment().fill((byte) 0);
      Arrays.fill(scratch.maxima, Float.NEGATIVE_INFINITY);
      for (int key = firstKey; key < endKey; key += KEY_BLOCK) {
        int end = Math.min(endKey, key + KEY_BLOCK);
        score(queries, head, keyValues, sequence, key, end, scratch);
        softmax(queries.rows(), position, reach, key, end, scratch);
        weigh(queries.rows(), head, keyValues, sequence, key, end, scratch);
      }
      divide(queries.rows(), head * keyValues.headDim(), keyValues.headDim(), y, scratch);
    }
  }

  /** scores = queries · keysᵀ for the keys of a block. */
  private void score(
      Matrix queries, int head, KeyValues kv, int sequence, int key, int end, Scratch scratch) {
    int width = panelWidth();
    int headDim = kv.headDim();
    Matrix scores = scratch.scores;
    long panelRow = (long) width * Float.BYTES;
    for (int panelKey = key; panelKey < end; panelKey += width) {
      long panel = kv.keyOffset(sequence, head) + (long) panelKey * headDim * Float.BYTES;
      for (int row = 0, height; row < queries.rows(); row += height) {
        height = tileRows(queries.rows() - row);
        product(
            height,
            queries.segment(),
            queries.offset(row, head * headDim),
            queries.offset(1, 0),
            kv.keys(),
            panel,
            panelRow,
            headDim,
            scores.segment(),
            scores.offset(row, panelKey - key),
            scores.offset(1, 0),
            scratch);
      }
    }
  }

  /** One step of the running softmax: scores become weights, maxima and lane sums move on. */
  private void softmax(int rows, int position, int reach, int key, int end, Scratch scratch) {
    Matrix scores = scratch.scores;
    int count = Math.ceilDiv(end - key, Reduction.LANES) * Reduction.LANES;
    for (int row = 0; row < rows; row++) {
      int query = position + row;
      int from = Math.clamp((long) query - reach, key, end) - key;
      int to = Math.clamp((long) query + reach + 1, key, end) - key;
      if (from >= to) {
        scratch.scales[row] = 1f;
        fill(scores, row, 0, count, 0f);
        continue;
      }
      fill(scores, row, 0, from, Float.NEGATIVE_INFINITY);
      fill(scores, row, to, count, Float.NEGATIVE_INFINITY);
      float before = scratch.maxima[row];
      float max = Math.max(before, maxRow(scores.segment(), scores.offset(row, 0), count));
      float scale = FloatMath.exp(before - max);
      scratch.maxima[row] = max;
      scratch.scales[row] = scale;
      expRow(
          scores.segment(),
          scores.offset(row, 0),
          count,
          max,
          scale,
          scratch.lanes.segment(),
          scratch.lanes.offset(row, 0));
    }
  }

  private static void fill(Matrix m, int row, int from, int to, float value) {
    for (int i = from; i < to; i++) {
      m.set(row, i, value);
    }
  }

  /** sums = sums · scale + weights · values for the keys of a block. */
  private void weigh(
      int rows, int head, KeyValues kv, int sequence, int key, int end, Scratch scratch) {
    int width = panelWidth();
    Matrix scores = scratch.scores;
    Matrix weighted = scratch.weighted;
    long valueRow = (long) kv.valueStride() * Float.BYTES;
    long values = kv.valueOffset(sequence, head) + key * valueRow;
    for (int column = 0; column < kv.headDim(); column += width) {
      for (int row = 0, height; row < rows; row += height) {
        height = tileRows(rows - row);
        product(
            height,
            scores.segment(),
            scores.offset(row, 0),
            scores.offset(1, 0),
            kv.values(),
            values + (long) column * Float.BYTES,
            valueRow,
            end - key,
            weighted.segment(),
            weighted.offset(row, column),
            weighted.offset(1, 0),
            scratch);
      }
    }
    for (int row = 0; row < rows; row++) {
      rescaleRow(
          scratch.sums.segment(),
          scratch.sums.offset(row, 0),
          scratch.scales[row],
          weighted.segment(),
          weighted.offset(row, 0),
          kv.headDim());
    }
  }

  private static void divide(int rows, int column, int count, Matrix y, Scratch scratch) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < Reduction.LANES; i++) {
        scratch.reduction[i] = scratch.lanes.get(row, i);
      }
      float total = Reduction.tree(scratch.reduction);
      for (int i = 0; i < count; i++) {
        y.set(row, column + i, scratch.sums.get(row, i) / total);
      }
    }
  }
}
