package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.AmxCode;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.Int8Instructions;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Quantization;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.StoreMode;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The functions of products of integers, as in {@link GuardPagesTest}. */
@EnabledIf("canRun")
final class Int8GuardPagesTest extends GuardedOperands {
  private static final int ROUNDS = 200;

  static boolean canRunOnX86() {
    return canRun() && CodegenKernelsTest.runsOnX86();
  }

  static boolean canRun() {
    return CodegenKernelsTest.canRun()
        && CodegenSupport.architecture().formats().contains(WeightFormat.INT8);
  }

  @Test
  void matrices() {
    for (int round = 0; round < ROUNDS; round++) {
      try (var arena = new GuardedArena(Arena.ofConfined(), random.nextBoolean())) {
        int rows = random.nextInt(1, 80);
        int depth = random.nextInt(1, 400);
        int features = random.nextInt(1, 150);
        boolean gate = random.nextInt(3) == 0;
        Matrix x = withOutliers(arena, rows, depth);
        Matrix before = Matrix.allocateBlocks(arena, rows, features);
        fill(before.segment());
        Matrix weights = randoms(arena, features, depth);
        Matrix bias = random.nextBoolean() ? randoms(arena, 1, features) : null;
        Matrix[] results = new Matrix[2];
        Kernels[] both = {CodegenKernelsTest.kernels(), Kernels.portable()};
        for (int i = 0; i < 2; i++) {
          results[i] = guarded(arena, before);
          PackedMatrix w =
              both[i].pack(
                  arena,
                  features,
                  depth,
                  WeightFormat.INT8,
                  source(weights),
                  bias == null ? null : source(bias));
          if (gate) {
            both[i].multiplyGate(x, w, w, Activation.GELU, results[i], new Scratch());
          } else {
            both[i].multiply(x, w, results[i], StoreMode.ADD, new Scratch());
          }
        }
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(
              results[1].row(r),
              results[0].row(r),
              "%d x %d x %d, gate %s".formatted(rows, depth, features, gate));
        }
      }
    }
  }

  private Matrix withOutliers(Arena arena, int rows, int columns) {
    Matrix x = Matrix.allocateBlocks(arena, rows, columns);
    fill(x.segment());
    for (int r = random.nextInt(3); r < rows; r += 3) {
      x.set(r, random.nextInt(columns), 300f);
    }
    return x;
  }

  /** Calls the functions themselves on guarded memory for what lies in scratch memory otherwise. */
  @Test
  @EnabledIf("canRunOnX86")
  void functionsOnMemory() {
    Kernels kernels = CodegenKernelsTest.kernels();
    for (int round = 0; round < ROUNDS; round++) {
      try (var arena = new GuardedArena(Arena.ofConfined(), random.nextBoolean())) {
        int rows = random.nextInt(1, 60);
        int depth = random.nextInt(1, 300);
        int panelCount = random.nextInt(1, 5);
        var processor = (X86) CodegenSupport.architecture();
        KernelShape shape = processor.shape();
        long panelBytes = shape.panelBytes();
        int rowBytes = processor.integers().rowBytes();
        int features = panelCount * shape.panelFloats();
        int blocks = Math.ceilDiv(depth, Kernels.DEPTH_BLOCK);
        Matrix x = withOutliers(arena, rows, depth);
        long stride = (2L * rows + AmxCode.ROWS) * rowBytes;
        MemorySegment bytes = arena.allocate(blocks * stride, 64);
        MemorySegment scales = arena.allocate(2L * rows * Float.BYTES);
        MemorySegment offsets = arena.allocate(2L * rows * Long.BYTES);
        var all =
            (long)
                Functions.call(
                    FunctionGroup.INT8,
                    QuantizeCode.QUANTIZE,
                    x.segment(),
                    bytes,
                    scales,
                    offsets,
                    (long) x.blockRows() * ProductFunctions.ROW_BYTES,
                    stride,
                    rows,
                    depth,
                    Quantization.residualBelow(depth),
                    panelBytes);
        assertTrue(all >= rows && all <= 2 * rows);
        checkFirstValues(x, bytes, scales, processor.integers());

        Matrix weights = randoms(arena, features, depth);
        var w =
            (Int8Panels)
                kernels.pack(arena, features, depth, WeightFormat.INT8, source(weights), null);
        Matrix y = Matrix.allocateBlocks(arena, rows, features);
        Functions.call(
            FunctionGroup.INT8,
            Int8Code.PRODUCT,
            bytes,
            w.panels(),
            scales,
            offsets,
            arena.allocate((1 + all - rows) * panelBytes),
            w.scales().segment(),
            w.shifts(),
            MemorySegment.NULL,
            MemorySegment.NULL,
            y.segment(),
            arena.allocate(AmxCode.SUMS_BYTES),
            rows,
            all - rows,
            panelCount,
            blocks * Kernels.DEPTH_BLOCK,
            stride,
            ProductFunctions.ROW_BYTES,
            panelBytes,
            rows * (long) ProductFunctions.ROW_BYTES - ProductFunctions.ROW_BYTES + panelBytes,
            Int8Code.prefetchStep(shape, rows, (int) all - rows));
        Matrix expected = Matrix.allocateBlocks(arena, rows, features);
        kernels.multiply(x, w, expected, new Scratch());
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(expected.row(r), y.row(r), "%d x %d".formatted(rows, depth));
        }
      }
    }
  }

  private static void checkFirstValues(
      Matrix x, MemorySegment bytes, MemorySegment scales, Int8Instructions instructions) {
    for (int r = 0; r < x.rows(); r++) {
      long at = (long) r * instructions.rowBytes();
      int stored =
          instructions == Int8Instructions.MADD
              ? bytes.get(ValueLayout.JAVA_SHORT, at)
              : (bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF) - Int8Panels.SHIFT;
      float scale = scales.getAtIndex(ValueLayout.JAVA_FLOAT, r);
      assertEquals(x.get(r, 0), stored * scale, 0.51f * scale, "row " + r);
    }
  }
}
