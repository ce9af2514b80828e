package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Int8Panels.GROUP;
import static io.github.modernbert.kernels.Matrix.ALIGNMENT;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packs row-major weights into panels, a panel of rows at a time, so that little more memory is
 * needed than the result takes.
 */
final class PanelPacker {
  /** Columns that are turned at a time: a line of the cache of each row. */
  private static final int BLOCK = 16;

  private final WeightMemory memory;
  private final int rows;
  private final int depth;
  private final MatrixProduct product;
  private final int width;

  /** What packs, or null where that is done in Java. */
  private final @Nullable WeightCode code;

  PanelPacker(WeightMemory memory, int rows, int depth, MatrixProduct product) {
    this.memory = memory;
    this.rows = rows;
    this.depth = depth;
    this.product = product;
    this.width = product.panelWidth(rows);
    WeightCode all = memory.isFilled() ? null : product.weightCode().orElse(null);
    this.code = all != null && all.fits(depth) ? all : null;
  }

  FloatPanels floats(FloatSource weights, @Nullable FloatSource bias) {
    MemorySegment panels = allocate((long) depth * Float.BYTES);
    long panelBytes = (long) width * depth * Float.BYTES;
    if (code == null) {
      arrange(
          weights,
          (p, panel) -> MemorySegment.copy(panel, 0, panels, FLOAT, p * panelBytes, panel.length));
    } else {
      WeightCode turn = code;
      eachPanel(
          weights,
          (p, height, some) -> {
            Arrays.fill(some, height * depth, some.length, 0f);
            turn.floats(some, depth, panels.asSlice(p * panelBytes, panelBytes));
          });
    }
    return new FloatPanels(product, panels, width, rows, depth, row(bias));
  }

  BFloat16Panels bfloat16(FloatSource weights, @Nullable FloatSource bias) {
    MemorySegment panels = allocate((long) depth * Short.BYTES);
    int half = width / 2;
    var pairs = new int[depth * half];
    arrange(
        weights,
        (p, panel) -> {
          for (int k = 0; k < depth; k++) {
            narrow(panel, k * width, half, pairs, k * half);
          }
          long target = (long) p * pairs.length * Integer.BYTES;
          MemorySegment.copy(pairs, 0, panels, ValueLayout.JAVA_INT, target, pairs.length);
        });
    return new BFloat16Panels(product, panels, width, rows, depth, row(bias));
  }

  private static void narrow(float[] panel, int from, int half, int[] pairs, int to) {
    for (int n = 0; n < half; n++) {
      int low = BFloat16.nearest(panel[from + n]) & 0xFFFF;
      int high = BFloat16.nearest(panel[from + n + half]);
      pairs[to + n] = high << Short.SIZE | low;
    }
  }

  /** Takes a panel as float32. */
  @FunctionalInterface
  private interface PanelTarget {
    void accept(int index, float[] panel);
  }

  /** Takes the rows of a panel, one after the other, in memory for a whole panel. */
  @FunctionalInterface
  private interface RowsTarget {
    void accept(int index, int height, float[] some);
  }

  /** Reads the rows of panel after panel, unless all are packed. */
  private void eachPanel(FloatSource weights, RowsTarget target) {
    if (memory.isFilled()) {
      return;
    }
    long panelFloats = (long) width * depth;
    var some = new float[Math.toIntExact(panelFloats)];
    for (int p = 0; p * width < rows; p++) {
      int height = Math.min(width, rows - p * width);
      weights.read(p * panelFloats, (long) height * depth, MemorySegment.ofArray(some));
      target.accept(p, height, some);
    }
  }

  /**
   * Arranges panel after panel, unless they are there. Works on arrays: while it is interpreted, as
   * at the start of a process, each access to a segment takes as long as a hundred to an array.
   */
  private void arrange(FloatSource weights, PanelTarget target) {
    var panel = new float[memory.isFilled() ? 0 : Math.multiplyExact(width, depth)];
    eachPanel(
        weights,
        (p, height, some) -> {
          if (height < width) {
            Arrays.fill(panel, 0);
          }
          for (int k = 0; k < depth; k += BLOCK) {
            transpose(some, height, depth, k, Math.min(depth, k + BLOCK), panel, width);
          }
          target.accept(p, panel);
        });
  }

  /** Puts some columns of rows side by side, a block whose lines stay in the cache. */
  private static void transpose(
      float[] from, int rows, int depth, int first, int last, float[] to, int width) {
    for (int r = 0; r < rows; r++) {
      int source = r * depth;
      for (int k = first; k < last; k++) {
        to[k * width + r] = from[source + k];
      }
    }
  }

  /** Makes integers of floats; see {@link Quantization}. */
  Int8Panels int8(FloatSource weights, @Nullable FloatSource bias) {
    WeightCode quantize = code;
    if (quantize == null) {
      return int8(new QuantizedWeights(depth, weights), bias);
    }
    Int8Panels packed = int8(bias);
    ScaledWeights scaled =
        weights instanceof ScaledWeights s
            ? s
            : new ScaledWeights(weights, ScaledWeights.Factors.ones(rows, depth));
    eachPanel(
        scaled.weights(),
        (p, height, some) -> quantize.integers(some, height, p * width, scaled.factors(), packed));
    return packed;
  }

  /** Memory for integers, with their biases. */
  private Int8Panels int8(@Nullable FloatSource bias) {
    if (depth > Quantization.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "int8 takes at most %d input features, found %d"
              .formatted(Quantization.MAX_DEPTH, depth));
    }
    int paddedRows = Math.ceilDiv(rows, width) * width;
    Matrix scales = Matrix.allocate(memory, 1, paddedRows);
    MemorySegment shifts = memory.allocate((long) paddedRows * Integer.BYTES, ALIGNMENT);
    int padded = Math.ceilDiv(depth, Int8Panels.DEPTH_STEP) * Int8Panels.DEPTH_STEP;
    return new Int8Panels(product, allocate(padded), width, rows, depth, scales, shifts, row(bias));
  }

  Int8Panels int8(Int8Source weights, @Nullable FloatSource bias) {
    Int8Panels packed = int8(bias);
    if (memory.isFilled()) {
      return packed;
    }
    var row = new byte[depth];
    var groups = new int[packed.paddedDepth() / GROUP];
    var panel = new int[groups.length * width];
    for (int n = 0; n < rows; n++) {
      packed.scales().set(0, n, weights.read(n, row));
      packed.shifts().setAtIndex(ValueLayout.JAVA_INT, n, -sum(row) * Int8Panels.SHIFT);
      MemorySegment.ofArray(groups).copyFrom(MemorySegment.ofArray(row));
      if (n % width == 0) {
        Arrays.fill(panel, 0);
      }
      for (int g = 0, at = n % width; g < groups.length; g++, at += width) {
        panel[at] = groups[g];
      }
      if (n % width == width - 1 || n == rows - 1) {
        long target = packed.panelOffset(n / width);
        MemorySegment.copy(panel, 0, packed.panels(), ValueLayout.JAVA_INT, target, panel.length);
      }
    }
    return packed;
  }

  private static int sum(byte[] values) {
    int sum = 0;
    for (byte value : values) {
      sum += value;
    }
    return sum;
  }

  private MemorySegment allocate(long bytesOfFeature) {
    int count = Math.ceilDiv(rows, width);
    return memory.allocate(count * width * bytesOfFeature, ALIGNMENT);
  }

  private @Nullable Matrix row(@Nullable FloatSource bias) {
    if (bias == null) {
      return null;
    }
    Matrix row = Matrix.allocate(memory, 1, rows);
    if (!memory.isFilled()) {
      bias.read(0, rows, row.segment());
    }
    return row;
  }
}
