package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.ProductCode;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.BFloat16;
import io.github.modernbert.kernels.BFloat16Panels;
import io.github.modernbert.kernels.FloatPanels;
import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Random shapes, each operand between pages that cannot be touched. A read or write outside of
 * operands ends the process, which fails the build.
 */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#canRun")
final class GuardPagesTest extends GuardedOperands {
  private static final int ROUNDS = 300;
  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();

  private final List<WeightFormat> formats = CodegenKernelsTest.floatFormats();

  @Test
  void productsOfMatrices() {
    Kernels kernels = CodegenKernelsTest.kernels();
    Kernels portable = Kernels.portable();
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rows = random.nextInt(1, 80);
        int depth = random.nextInt(Kernels.FLOAT64_MAX_DEPTH + 1, 400);
        int features = random.nextInt(1, 100);
        WeightFormat format = formats.get(random.nextInt(formats.size()));
        StoreMode mode = random.nextBoolean() ? StoreMode.ADD : StoreMode.OVERWRITE;
        Matrix x = guarded(arena, anyLayout(arena, rows, depth));
        Matrix bias = random.nextBoolean() ? randoms(arena, 1, features) : null;
        Matrix weights = randoms(arena, features, depth);
        Matrix before = anyLayout(arena, rows, features);
        Matrix y = guarded(arena, before);
        PackedMatrix w = kernels.pack(arena, features, depth, format, source(weights), null);
        kernels.multiply(x, guarded(arena, w, bias), y, mode, new Scratch());
        Matrix expected = guarded(arena, before);
        FloatSource biases = bias == null ? null : source(bias);
        portable.multiply(
            x,
            portable.pack(arena, features, depth, format, source(weights), biases),
            expected,
            mode,
            new Scratch());
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(
              expected.row(r),
              y.row(r),
              "%s %d x %d x %d".formatted(format, rows, depth, features));
        }
      }
    }
  }

  private PackedMatrix guarded(Arena arena, PackedMatrix w, @Nullable Matrix bias) {
    MemorySegment panels = guardedCopy(arena, w.panels());
    Matrix row = bias == null ? null : guarded(arena, bias);
    return switch (w) {
      case FloatPanels f ->
          new FloatPanels(w.product(), panels, w.panelWidth(), w.rows(), w.depth(), row);
      case BFloat16Panels b ->
          new BFloat16Panels(w.product(), panels, w.panelWidth(), w.rows(), w.depth(), row);
      case Int8Panels q -> throw new IllegalArgumentException("no integers here");
    };
  }

  @Test
  void gates() {
    Kernels kernels = CodegenKernelsTest.kernels();
    Kernels portable = Kernels.portable();
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rows = random.nextInt(1, 40);
        int depth = random.nextInt(Kernels.FLOAT64_MAX_DEPTH + 1, 300);
        int features = random.nextInt(1, 100);
        Matrix x = guarded(arena, anyLayout(arena, rows, depth));
        Matrix y = guarded(arena, anyLayout(arena, rows, features));
        Matrix expected = Matrix.allocate(arena, rows, features);
        FloatSource u = source(randoms(arena, features, depth));
        FloatSource g = source(randoms(arena, features, depth));
        WeightFormat format = formats.get(random.nextInt(formats.size()));
        Activation activation = random.nextBoolean() ? Activation.GELU : Activation.SILU;
        multiplyGate(kernels, format, x, u, g, activation, y);
        multiplyGate(portable, format, x, u, g, activation, expected);
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(
              expected.row(r), y.row(r), "%d x %d x %d".formatted(rows, depth, features));
        }
      }
    }
  }

  private static void multiplyGate(
      Kernels kernels,
      WeightFormat format,
      Matrix x,
      FloatSource u,
      FloatSource g,
      Activation activation,
      Matrix y) {
    try (Arena arena = Arena.ofConfined()) {
      kernels.multiplyGate(
          x,
          kernels.pack(arena, y.columns(), x.columns(), format, u, null),
          kernels.pack(arena, y.columns(), x.columns(), format, g, null),
          activation,
          y,
          new Scratch());
    }
  }

  /**
   * Calls the functions themselves on guarded memory for what lies in arrays otherwise, and with
   * strides of its own.
   */
  @Test
  void functionsOnMemory() {
    boolean x86 = CodegenKernelsTest.runsOnX86();
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rows = random.nextInt(1, 60);
        int depth = random.nextInt(1, 200);
        Matrix x = randoms(arena, rows, depth);
        for (PanelFormat format : formats(depth)) {
          product(arena, x, format);
        }
        if (x86) {
          panels(arena, x, random.nextInt(1, 4));
        }
      }
    }
  }

  private void product(Arena arena, Matrix x, PanelFormat format) {
    int rows = x.rows();
    int depth = x.columns();
    long stride = SHAPE.panelBytes() + random.nextInt(0, 10) * 4L;
    MemorySegment y = guarded(arena, (rows - 1) * stride + SHAPE.panelBytes());
    long sumsBytes = (long) rows * SHAPE.panelBytes() + ProductFunctions.SUMS_ALIGNMENT;
    MemorySegment panel = guarded(arena, (long) depth * SHAPE.rowBytes(format));
    MemorySegment wide = fill(panel, format);
    boolean bfloat16 = format == PanelFormat.BFLOAT16;
    RowTiles tiles = RowTiles.of(rows, SHAPE.rows(), random.nextInt(1, 4));
    Functions.call(
        FunctionGroup.PRODUCTS,
        bfloat16 ? ProductFunctions.PRODUCT_OF_BFLOAT16 : ProductFunctions.PRODUCT,
        guardedCopy(arena, blocks(x)),
        panel,
        guarded(arena, sumsBytes + (bfloat16 ? SHAPE.blockBytes() : 0)),
        y,
        MemorySegment.NULL,
        MemorySegment.NULL,
        depth,
        (long) rows * ProductFunctions.ROW_BYTES,
        stride,
        tiles.height(),
        tiles.tall(),
        tiles.low());
    compare(x, wide, 0, depth, y, stride, rows);
  }

  private void panels(Arena arena, Matrix x, int count) {
    int rows = x.rows();
    int depth = x.columns();
    long panelBytes = (long) depth * SHAPE.panelBytes();
    long panelStride = panelBytes + random.nextInt(0, 3) * 64L;
    MemorySegment panels = guarded(arena, (count - 1) * panelStride + panelBytes);
    fill(panels);
    long stride = (long) count * SHAPE.panelBytes() + random.nextInt(0, 10) * 4L;
    MemorySegment y = guarded(arena, (rows - 1) * stride + (long) count * SHAPE.panelBytes());
    // Up to the last column of the last row.
    MemorySegment blocks = blocks(x);
    int behind = Math.floorMod(-depth, Kernels.DEPTH_BLOCK) * Float.BYTES;
    RowTiles tiles = RowTiles.of(rows, SHAPE.rows());
    int skipped = random.nextInt(Math.min(depth, Kernels.DEPTH_BLOCK));
    Functions.call(
        FunctionGroup.PRODUCTS,
        ProductCode.PANELS,
        guardedCopy(arena, blocks.asSlice(0, blocks.byteSize() - behind)),
        panels,
        y,
        stride,
        depth,
        tiles.height(),
        tiles.tall(),
        tiles.low(),
        (long) rows * ProductFunctions.ROW_BYTES,
        panelStride,
        count,
        skipped,
        0);
    for (int p = 0; p < count; p++) {
      MemorySegment panel = panels.asSlice(p * panelStride, panelBytes);
      MemorySegment result = y.asSlice((long) p * SHAPE.panelBytes());
      compare(x, panel, skipped, depth, result, stride, rows);
    }
  }

  private static MemorySegment blocks(Matrix x) {
    return MemorySegment.ofArray(x.copyBlocks(x.rows(), new Scratch.Floats()));
  }

  /** Those that products are tried with; they are over several blocks. */
  private List<PanelFormat> formats(int depth) {
    if (depth <= Kernels.DEPTH_BLOCK) {
      return List.of();
    }
    return formats.contains(WeightFormat.BFLOAT16)
        ? List.of(PanelFormat.values())
        : List.of(PanelFormat.FLOAT32);
  }

  /** Fills a panel and returns what it holds as float32. */
  private MemorySegment fill(MemorySegment panel, PanelFormat format) {
    if (format == PanelFormat.FLOAT32) {
      fill(panel);
      return panel;
    }
    int half = SHAPE.panelFloats() / 2;
    MemorySegment wide = MemorySegment.ofArray(new float[(int) (panel.byteSize() / Short.BYTES)]);
    for (long i = 0; i < panel.byteSize() / Integer.BYTES; i++) {
      short lower = BFloat16.nearest((float) random.nextDouble(-2, 2));
      short upper = BFloat16.nearest((float) random.nextDouble(-2, 2));
      panel.setAtIndex(ValueLayout.JAVA_INT, i, upper << Short.SIZE | lower & 0xFFFF);
      long at = i / half * 2 * half + i % half;
      wide.setAtIndex(ValueLayout.JAVA_FLOAT, at, BFloat16.toFloat(lower));
      wide.setAtIndex(ValueLayout.JAVA_FLOAT, at + half, BFloat16.toFloat(upper));
    }
    return wide;
  }

  private static void compare(
      Matrix x,
      MemorySegment panel,
      int skipped,
      int depth,
      MemorySegment y,
      long stride,
      int rows) {
    int width = SHAPE.panelFloats();
    for (int r = 0; r < rows; r++) {
      var expected = new float[width];
      var actual = new float[width];
      for (int n = 0; n < width; n++) {
        for (int block = 0; block < depth; block += Kernels.DEPTH_BLOCK) {
          float sum = 0;
          for (int k = Math.max(block, skipped);
              k < Math.min(depth, block + Kernels.DEPTH_BLOCK);
              k++) {
            float b = panel.getAtIndex(ValueLayout.JAVA_FLOAT, (long) k * width + n);
            sum = Math.fma(x.get(r, k), b, sum);
          }
          expected[n] += sum;
        }
        actual[n] = y.get(ValueLayout.JAVA_FLOAT, r * stride + n * 4L);
      }
      assertArrayEquals(expected, actual, "%d x %d, row %d".formatted(rows, depth, r));
    }
  }
}
