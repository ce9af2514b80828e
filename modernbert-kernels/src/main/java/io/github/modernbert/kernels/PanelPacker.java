package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Int8Panels.GROUP;
import static io.github.modernbert.kernels.Matrix.ALIGNMENT;
import static io.github.modernbert.kernels.Matrix.FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Packs row-major weights into panels, a panel of rows at a time, so that little more memory is
 * needed than the result takes.
 */
record PanelPacker(Arena arena, int rows, int depth, MatrixProduct product) {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private int width() {
    return product.panelWidth();
  }

  FloatPanels floats(FloatSource weights, @Nullable FloatSource bias) {
    int width = width();
    long panelBytes = (long) width * depth * Float.BYTES;
    MemorySegment panels = allocate((long) depth * Float.BYTES);
    arrange(weights, p -> panels.asSlice(p * panelBytes, panelBytes), p -> {});
    return new FloatPanels(product, panels, rows, depth, row(bias));
  }

  BFloat16Panels bfloat16(FloatSource weights, @Nullable FloatSource bias) {
    int width = width();
    int count = width * depth;
    MemorySegment panels = allocate((long) depth * Short.BYTES);
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment wide = temporary.allocate((long) count * Float.BYTES, ALIGNMENT);
      arrange(
          weights,
          p -> wide,
          p -> {
            for (long i = 0; i < count; i += width) {
              for (int n = 0; n < width / 2; n++) {
                int low = BFloat16.nearest(wide.getAtIndex(FLOAT, i + n)) & 0xFFFF;
                int high = BFloat16.nearest(wide.getAtIndex(FLOAT, i + n + width / 2));
                long at = (p * (long) count + i) / 2 + n;
                panels.setAtIndex(ValueLayout.JAVA_INT, at, high << Short.SIZE | low);
              }
            }
          });
    }
    return new BFloat16Panels(product, panels, rows, depth, row(bias));
  }

  /** Writes panel after panel to where it shall go; the rest of a last one stays as it is. */
  private void arrange(FloatSource weights, IntFunction<MemorySegment> target, IntConsumer done) {
    int width = width();
    long panelFloats = (long) width * depth;
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment some = temporary.allocate(panelFloats * Float.BYTES, ALIGNMENT);
      for (int p = 0; p * width < rows; p++) {
        int height = Math.min(width, rows - p * width);
        weights.read(p * panelFloats, (long) height * depth, some);
        MemorySegment panel = target.apply(p);
        if (height < width) {
          panel.fill((byte) 0);
        }
        for (int k = 0; k < depth; k++) {
          for (int r = 0; r < height; r++) {
            float w = some.getAtIndex(FLOAT, (long) r * depth + k);
            panel.setAtIndex(FLOAT, (long) k * width + r, w);
          }
        }
        done.accept(p);
      }
    }
  }

  Int8Panels int8(Int8Source weights, @Nullable FloatSource bias) {
    if (depth > Quantization.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "int8 takes at most %d input features, found %d"
              .formatted(Quantization.MAX_DEPTH, depth));
    }
    int width = width();
    int paddedRows = Math.ceilDiv(rows, width) * width;
    Matrix scales = Matrix.allocate(arena, 1, paddedRows);
    MemorySegment shifts = arena.allocate((long) paddedRows * Integer.BYTES, ALIGNMENT);
    int padded = Math.ceilDiv(depth, Int8Panels.DEPTH_STEP) * Int8Panels.DEPTH_STEP;
    var packed = new Int8Panels(product, allocate(padded), rows, depth, scales, shifts, row(bias));
    var row = new byte[padded];
    var integers = new byte[depth];
    for (int n = 0; n < rows; n++) {
      scales.set(0, n, weights.read(n, integers));
      System.arraycopy(integers, 0, row, 0, depth);
      long first = packed.panelOffset(n / width) + (long) (n % width) * GROUP;
      int sum = 0;
      for (int k = 0; k < padded; k += GROUP) {
        sum += row[k] + row[k + 1] + row[k + 2] + row[k + 3];
        packed.panels().set(ValueLayout.JAVA_INT, first + (long) k * width, (int) INTS.get(row, k));
      }
      shifts.setAtIndex(ValueLayout.JAVA_INT, n, -sum * Int8Panels.SHIFT);
    }
    return packed;
  }

  private MemorySegment allocate(long bytesOfFeature) {
    int count = Math.ceilDiv(rows, width());
    return arena.allocate(count * width() * bytesOfFeature, ALIGNMENT);
  }

  private @Nullable Matrix row(@Nullable FloatSource bias) {
    if (bias == null) {
      return null;
    }
    Matrix row = Matrix.allocate(arena, 1, rows);
    bias.read(0, rows, row.segment());
    return row;
  }
}
