package io.github.modernbert.codegen;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64Int8Tile;
import io.github.modernbert.codegen.runtime.NativeArm64Int8;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.QuantizedRows;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * Rows of activations as integers, for {@link Arm64Int8Code}. Only sums of products are machine
 * code, of one panel in each call; the rest is what the other kernels do.
 */
final class Arm64Int8Rows implements LeftOperand {
  private static final int COLUMNS = Arm64Int8Tile.COLUMNS;

  private final BlockKernels others;
  private final int count;
  private final int paddedDepth;
  private final QuantizedRows rows;
  private final MemorySegment bytes;
  private final int[] totals;
  private final float[] sums;

  /** Makes integers of rows. */
  Arm64Int8Rows(Matrix x, BlockKernels others, Scratch scratch) {
    this.others = others;
    count = x.rows();
    paddedDepth = Math.ceilDiv(x.columns(), Arm64Int8Tile.ROW_BYTES) * Arm64Int8Tile.ROW_BYTES;
    rows = QuantizedRows.of(x, scratch);
    bytes = scratch.bytes(rows.byteSize()).asSlice(0, rows.byteSize());
    rows.copyTo(bytes);
    totals = scratch.totals(rows.count() * COLUMNS);
    sums = scratch.sums(count * COLUMNS);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void multiply(PackedMatrix w, int panel, int panelCount, Matrix y, boolean add) {
    for (int p = 0; p < panelCount; p++) {
      sum(w, panel + p);
      rows.scale(totals, (Int8Panels) w, panel + p, sums);
      others.finishPanel(sums, w, panel + p, y, p * COLUMNS, add);
    }
  }

  private void sum(PackedMatrix w, int panel) {
    long stride = COLUMNS * Integer.BYTES;
    NativeArm64Int8.sums(
        bytes,
        (long) rows.count() * Arm64Int8Tile.ROW_BYTES,
        rows.count(),
        w.panels().asSlice(w.panelOffset(panel), (long) paddedDepth * COLUMNS),
        paddedDepth,
        MemorySegment.ofArray(totals).asSlice(0, rows.count() * stride),
        stride);
  }
}
