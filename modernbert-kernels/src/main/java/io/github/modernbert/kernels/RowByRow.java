package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Row operations as loops in Java, one row after the other.
 *
 * @param name the implementation as users see it
 * @param loops what is done to one row
 */
record RowByRow(String name, RowLoops loops) implements RowOperations {
  @Override
  public void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    int columns = x.columns();
    var lanes = new float[Reduction.LANES];
    for (int r = 0; r < x.rows(); r++) {
      Arrays.fill(lanes, 0f);
      for (int c = 0, count; c < columns; c += count) {
        count = x.contiguousColumns(c);
        loops.sum(x.segment(), x.offset(r, c), count, lanes);
      }
      float mean = Reduction.pairwiseSum(lanes) / columns;
      Arrays.fill(lanes, 0f);
      for (int c = 0, count; c < columns; c += count) {
        count = x.contiguousColumns(c);
        loops.squares(x.segment(), x.offset(r, c), mean, count, lanes);
      }
      float variance = Reduction.pairwiseSum(lanes) / columns;
      float inverse = 1f / (float) Math.sqrt(variance + norm.epsilon());
      for (int c = 0, count; c < columns; c += count) {
        count = Math.min(x.contiguousColumns(c), y.contiguousColumns(c));
        long from = x.offset(r, c);
        long to = y.offset(r, c);
        loops.normalize(x.segment(), from, mean, inverse, norm, c, y.segment(), to, count);
      }
    }
  }

  @Override
  public void activate(Activation activation, float[] x, int count, float[] t) {
    loops.activate(activation, x, count, t);
  }

  @Override
  public void store(PanelRows sums, PackedMatrix w, int panel, Matrix y, StoreMode mode) {
    Matrix bias = w.bias();
    MemorySegment offsets = bias == null ? null : bias.segment();
    long first = (long) panel * w.panelWidth() * Float.BYTES;
    for (int r = 0; r < y.rows(); r++) {
      for (int c = 0, count; c < y.columns(); c += count) {
        count = y.contiguousColumns(c);
        int from = sums.offset(r) + c;
        long offset = first + (long) c * Float.BYTES;
        loops.store(sums.array(), from, offsets, offset, y.segment(), y.offset(r, c), mode, count);
      }
    }
  }

  @Override
  public void gate(Activation activation, PanelRows u, PanelRows g, Matrix y, float[] t) {
    float[] activated = u.array();
    if (u.offset() != 0) {
      activated = Arrays.copyOfRange(activated, u.offset(), u.offset(y.rows()));
    }
    loops.activate(activation, activated, y.rows() * u.width(), t);
    for (int r = 0; r < y.rows(); r++) {
      for (int c = 0, count; c < y.columns(); c += count) {
        count = y.contiguousColumns(c);
        int from = r * u.width() + c;
        long to = y.offset(r, c);
        loops.multiply(activated, from, g.array(), g.offset(r) + c, y.segment(), to, count);
      }
    }
  }

  @Override
  public void splitHeads(HeadSplit split) {
    new HeadSplitter(loops, split).run();
  }
}
