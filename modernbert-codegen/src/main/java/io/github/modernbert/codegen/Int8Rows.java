package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.LeftOperand.slice;

import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Quantization;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Rows of activations as integers, ready for products; see {@link QuantizeCode}. */
final class Int8Rows implements LeftOperand {
  private static final int PANEL_FLOATS = Int8Finish.VECTORS * Width.ZMM.floats();
  private static final long PANEL_BYTES = PANEL_FLOATS * Float.BYTES;

  /** What is added where nothing shall be added: −0 + x is x, also for x = −0. */
  private static final MemorySegment NOTHING = all(-0f);

  private static final MemorySegment ONES = all(1f);

  private final int count;
  private final int fine;
  private final int paddedDepth;
  private final MemorySegment bytes;
  private final MemorySegment sums;
  private final long blockStride;
  private final MemorySegment scales;
  private final MemorySegment offsets;
  private final MemorySegment extras;

  /** Makes integers of rows. */
  Int8Rows(Matrix x, Scratch scratch) {
    count = x.rows();
    int depth = x.columns();
    int blocks = Math.ceilDiv(depth, Kernels.DEPTH_BLOCK);
    paddedDepth = blocks * Kernels.DEPTH_BLOCK;
    // Whole tiles of rows are read, whatever the last of them hold.
    blockStride = (2L * count + AmxCode.MAX_ROWS) * QuantizeCode.ROW_BYTES;
    MemorySegment memory = scratch.bytes(blocks * blockStride + AmxCode.SUMS_BYTES);
    bytes = memory.asSlice(0, blocks * blockStride);
    sums = memory.asSlice(blocks * blockStride, AmxCode.SUMS_BYTES);
    scales = slice(scratch.scales(2 * count), 0, 2L * count);
    long[] starts = scratch.starts(2 * count);
    // Second rows have none themselves.
    Arrays.fill(starts, count, 2 * count, 0);
    offsets = MemorySegment.ofArray(starts).asSlice(0, 2L * count * Long.BYTES);
    RowBlocks rows = RowBlocks.of(x, scratch);
    int all =
        NativeInt8.quantize(
            rows.memory(),
            rows.stride(),
            bytes,
            blockStride,
            scales,
            offsets,
            count,
            depth,
            Quantization.fineBelow(depth),
            PANEL_BYTES);
    fine = all - count;
    float[] products = scratch.extras((1 + fine) * PANEL_FLOATS);
    Arrays.fill(products, 0, PANEL_FLOATS, 0f);
    extras = slice(products, 0, (1L + fine) * PANEL_FLOATS);
  }

  private static MemorySegment all(float value) {
    MemorySegment vector = Arena.global().allocate(PANEL_BYTES, Width.ZMM.bytes());
    for (int i = 0; i < PANEL_FLOATS; i++) {
      vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
    return vector;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void multiply(PackedMatrix w, int panel, MemorySegment y, long yStride, boolean add) {
    Int8Panels weights = (Int8Panels) w;
    long prefetch = panel + 1 < w.panelCount() ? w.panelBytes() : 0;
    MemorySegment panels = w.panels().asSlice(w.panelOffset(panel), w.panelBytes());
    int column = panel * PANEL_FLOATS;
    MemorySegment shifts =
        weights.shifts().asSlice((long) column * Integer.BYTES, PANEL_FLOATS * Integer.BYTES);
    if (fine > 0) {
      product(
          count, fine, panels, prefetch, ONES, shifts, NOTHING, NOTHING, 0, products(), PANEL_BYTES);
    }
    Matrix bias = w.bias();
    product(
        0,
        count,
        panels,
        prefetch,
        columns(weights.scales(), column),
        shifts,
        bias == null ? NOTHING : columns(bias, column),
        add ? y : NOTHING,
        add ? yStride : 0,
        y,
        yStride);
  }

  private static MemorySegment columns(Matrix row, int column) {
    return row.segment().asSlice(row.offset(0, column), PANEL_BYTES);
  }

  /** Those of second rows. */
  private MemorySegment products() {
    return extras.asSlice(PANEL_BYTES, fine * PANEL_BYTES);
  }

  private void product(
      int first,
      int rows,
      MemorySegment panel,
      long prefetch,
      MemorySegment featureScales,
      MemorySegment shifts,
      MemorySegment bias,
      MemorySegment residual,
      long residualStride,
      MemorySegment y,
      long yStride) {
    NativeInt8.product(
        bytes.asSlice((long) first * QuantizeCode.ROW_BYTES),
        blockStride,
        panel,
        paddedDepth,
        prefetch,
        scales.asSlice((long) first * Float.BYTES),
        offsets.asSlice((long) first * Long.BYTES),
        extras,
        featureScales,
        shifts,
        bias,
        residual,
        residualStride,
        y,
        yStride,
        sums,
        rows);
  }
}
