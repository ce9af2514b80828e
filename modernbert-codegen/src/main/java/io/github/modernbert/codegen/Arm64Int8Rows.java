package io.github.modernbert.codegen;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64Int8Tile;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.PanelRows;
import io.github.modernbert.kernels.QuantizedRows;
import io.github.modernbert.kernels.RowOperations;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Rows of activations as 8-bit integers on AArch64; see {@link Arm64Int8Code}. Only sums of
 * products are machine code, of one panel in each call; the rest is done in Java.
 */
final class Arm64Int8Rows implements LeftOperand {
  private static final int COLUMNS = Arm64Int8Tile.COLUMNS;
  private static final MethodHandle SUMS = FunctionGroup.INT8.function(Arm64Int8Code.SUMS);

  /** Memory of one thread. */
  private static final class Workspace {
    private final QuantizedRows.Workspace quantized = new QuantizedRows.Workspace();
    private final Scratch.Bytes bytes = new Scratch.Bytes();
    private final Scratch.Ints totals = new Scratch.Ints();
    private final Scratch.Floats sums = new Scratch.Floats();
  }

  private final RowOperations operations;
  private final int count;
  private final int paddedDepth;
  private final QuantizedRows rows;
  private final MemorySegment bytes;
  private final int[] totals;
  private final PanelRows sums;

  /** Makes integers of rows. */
  Arm64Int8Rows(Matrix x, RowOperations operations, Scratch scratch) {
    Workspace workspace = scratch.workspace(Workspace.class, Workspace::new);
    this.operations = operations;
    count = x.rows();
    paddedDepth = Math.ceilDiv(x.columns(), Arm64Int8Tile.ROW_BYTES) * Arm64Int8Tile.ROW_BYTES;
    rows = QuantizedRows.of(x, workspace.quantized);
    bytes = workspace.bytes.atLeast(rows.byteSize()).asSlice(0, rows.byteSize());
    rows.copyTo(bytes);
    totals = workspace.totals.atLeast(rows.count() * COLUMNS);
    sums = new PanelRows(workspace.sums.atLeast(count * COLUMNS), 0, COLUMNS);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void multiply(PackedMatrix w, int panel, int panelCount, Matrix y, StoreMode mode) {
    for (int p = 0; p < panelCount; p++) {
      sum(w, panel + p);
      rows.scale(totals, (Int8Panels) w, panel + p, sums.array());
      operations.store(sums, w, panel + p, y.panel(p, COLUMNS), mode);
    }
  }

  private void sum(PackedMatrix w, int panel) {
    long stride = COLUMNS * Integer.BYTES;
    RowTiles tiles = RowTiles.of(rows.count(), Arm64Int8Tile.MAX_ROWS);
    try {
      SUMS.invokeExact(
          bytes,
          w.panels().asSlice(w.panelOffset(panel), (long) paddedDepth * COLUMNS),
          MemorySegment.ofArray(totals).asSlice(0, rows.count() * stride),
          (long) rows.count() * Arm64Int8Tile.ROW_BYTES,
          (long) paddedDepth,
          stride,
          tiles.height(),
          tiles.tall(),
          tiles.low());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
