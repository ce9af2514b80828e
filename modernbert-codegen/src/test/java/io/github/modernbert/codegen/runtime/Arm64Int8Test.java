package io.github.modernbert.codegen.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.codegen.CodegenKernelsTest;
import io.github.modernbert.codegen.GuardedMemory;
import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64Int8Tile;
import io.github.modernbert.codegen.asm.Arm64Assembler;
import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Sums of plain loops, operands between pages that cannot be touched. Runs on AArch64 only. */
final class Arm64Int8Test {
  private static final int ROUNDS = 100;
  private static final int COLUMNS = Arm64Int8Tile.COLUMNS;
  private static final int BLOCK = Int8Panels.DEPTH_STEP;

  private final SplittableRandom random = new SplittableRandom(7);

  private static boolean has(CpuFeature feature) {
    return CodegenKernelsTest.canRun()
        && CodegenSupport.architecture() instanceof Arm64 arm64
        && arm64.features().contains(feature);
  }

  static boolean hasDotProducts() {
    return has(CpuFeature.DOTPROD);
  }

  static boolean hasMatrixProducts() {
    return has(CpuFeature.I8MM);
  }

  @Test
  @EnabledIf("hasDotProducts")
  void byDotProducts() throws Throwable {
    run(CpuFeature.DOTPROD);
  }

  @Test
  @EnabledIf("hasMatrixProducts")
  void byMatrixProducts() throws Throwable {
    run(CpuFeature.I8MM);
  }

  /** The portable kernels would give the same results. */
  @Test
  @EnabledIf("hasDotProducts")
  void weightsOfIntegersAreMultipliedHere() {
    var kernels = CodegenKernelsTest.kernels();
    try (Arena arena = Arena.ofConfined()) {
      PackedMatrix w =
          kernels.pack(arena, 70, 200, WeightFormat.INT8, (from, count, target) -> {}, null);
      assertEquals(COLUMNS, w.panelWidth());
      assertTrue(w.product().name().startsWith("codegen"), w.product().name());
    }
  }

  private void run(CpuFeature feature) throws Throwable {
    var asm = new Arm64Assembler(Set.of(CpuFeature.NEON, feature), null);
    new Arm64Int8Code(asm).write();
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle sums = ExecutableMemory.seal(arena, asm.finish()).function(Arm64Int8Code.SUMS);
      for (int round = 0; round < ROUNDS; round++) {
        try (Arena operands = Arena.ofConfined()) {
          compare(operands, sums);
        }
      }
    }
  }

  private void compare(Arena arena, MethodHandle function) throws Throwable {
    int height = random.nextInt(1, Arm64Int8Tile.MAX_ROWS + 1);
    int tall = random.nextInt(1, 4);
    int low = height == 1 ? 0 : random.nextInt(0, 4);
    int rows = height * tall + (height - 1) * low;
    int depth = random.nextInt(1, 5) * BLOCK;
    long blockStride = (long) rows * BLOCK + random.nextInt(0, 3) * 16L;
    long stride = COLUMNS * 4L + random.nextInt(0, 5) * 4L;
    MemorySegment a = bytes(arena, (depth / BLOCK - 1) * blockStride + (long) rows * BLOCK);
    MemorySegment panel = bytes(arena, (long) depth * COLUMNS);
    MemorySegment sums =
        GuardedMemory.allocate(arena, (rows - 1) * stride + COLUMNS * 4L, random.nextBoolean());
    function.invokeExact(
        a, panel, sums, blockStride, (long) depth, stride, (long) height, (long) tall, (long) low);
    for (int row = 0; row < rows; row++) {
      var expected = new int[COLUMNS];
      var actual = new int[COLUMNS];
      for (int n = 0; n < COLUMNS; n++) {
        for (int k = 0; k < depth; k++) {
          long at = k / BLOCK * blockStride + row * BLOCK + k % BLOCK;
          long weight = (k / Int8Panels.GROUP * COLUMNS + n) * 4L + k % Int8Panels.GROUP;
          expected[n] += a.get(JAVA_BYTE, at) * panel.get(JAVA_BYTE, weight);
        }
        actual[n] = sums.get(JAVA_INT_UNALIGNED, row * stride + n * 4L);
      }
      assertArrayEquals(expected, actual, "row %d of %d, depth %d".formatted(row, rows, depth));
    }
  }

  /** Any bytes, the least and the greatest more often than others. */
  private MemorySegment bytes(Arena arena, long count) {
    MemorySegment segment = GuardedMemory.allocate(arena, count, random.nextBoolean());
    boolean extreme = random.nextInt(4) == 0;
    for (long i = 0; i < count; i++) {
      int any = random.nextInt(-128, 128);
      segment.set(JAVA_BYTE, i, (byte) (extreme ? any < 0 ? -128 : 127 : any));
    }
    return segment;
  }
}
