package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.CodegenKernelsTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.codegen.asm.Signature;
import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.x86.PackCode;
import io.github.modernbert.kernels.BFloat16;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.QuantizedWeights;
import io.github.modernbert.kernels.ScaledWeights;
import io.github.modernbert.kernels.WeightCode;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * What is done to weights as a model is loaded has the bits of loops in Java, whatever the values
 * are, and touches nothing but its operands.
 */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#runsOnX86")
final class WeightGuardPagesTest extends GuardedOperands {
  private static final int ROUNDS = 60;
  private static final int BLOCK = Kernels.DEPTH_BLOCK;
  private static final int WIDTH = CodegenSupport.architecture().shape().panelFloats();
  private static final long FLOAT = Float.BYTES;

  private final WeightCode code = CodegenKernelsTest.kernels().weightCode().orElseThrow();

  private static Object call(Signature signature, Object... arguments) {
    return Functions.call(FunctionGroup.PACKING, signature, arguments);
  }

  /** Values of all sizes; sometimes those of a row that has no scale. */
  private float value(int kind) {
    return switch (kind) {
      case 0 -> 0f;
      case 1 -> random.nextInt(20) == 0 ? Float.NaN : (float) random.nextDouble(-1, 1);
      case 2 -> random.nextInt(20) == 0 ? Float.NEGATIVE_INFINITY : 1f;
      case 3 -> (float) random.nextDouble(-0x1p-99, 0x1p-99);
      case 4 -> random.nextBoolean() ? 1e38f : -1e38f;
      case 5 -> Float.intBitsToFloat(random.nextInt());
      case 6 -> random.nextInt(-254, 255) * 0.5f;
      default -> (float) random.nextDouble(-2, 2);
    };
  }

  private float[] rows(int height, int depth) {
    var rows = new float[height * depth];
    for (int r = 0; r < height; r++) {
      int kind = random.nextInt(12);
      for (int c = 0; c < depth; c++) {
        rows[r * depth + c] = value(kind);
      }
    }
    return rows;
  }

  private float[] factors(int count) {
    var factors = new float[count];
    for (int i = 0; i < count; i++) {
      factors[i] = random.nextInt(3) == 0 ? 1f : (float) random.nextDouble(0.01, 5);
    }
    return factors;
  }

  private MemorySegment guarded(Arena arena, float[] values) {
    return guardedCopy(arena, MemorySegment.ofArray(values));
  }

  @Test
  void panelsOfFloats() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int depth = PackCode.COLUMNS * random.nextInt(1, 20);
        float[] rows = rows(WIDTH, depth);
        MemorySegment panel = guarded(arena, rows.length * FLOAT);
        call(PackCode.TURN, guarded(arena, rows), panel, depth);
        for (int r = 0; r < WIDTH; r++) {
          for (int c = 0; c < depth; c++) {
            int bits = Float.floatToRawIntBits(rows[r * depth + c]);
            int at = c * WIDTH + r;
            assertEquals(bits, panel.getAtIndex(ValueLayout.JAVA_INT, at), "row " + r);
          }
        }
      }
    }
  }

  @Test
  void panelsOfIntegers() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int depth = BLOCK * random.nextInt(1, 7);
        int height = random.nextInt(3) == 0 ? WIDTH : random.nextInt(1, WIDTH);
        float[] rows = rows(height, depth);
        float[] rowFactors = factors(height);
        float[] columnFactors = factors(depth);
        var memory = new float[WIDTH * depth];
        Arrays.fill(memory, 77f);
        System.arraycopy(rows, 0, memory, 0, rows.length);
        MemorySegment panel = guarded(arena, (long) WIDTH * depth);
        MemorySegment scales = guarded(arena, height * FLOAT);
        MemorySegment shifts = guarded(arena, height * FLOAT);
        call(
            PackCode.INTEGERS,
            guarded(arena, memory),
            panel,
            guarded(arena, rowFactors),
            guarded(arena, columnFactors),
            scales,
            shifts,
            height,
            depth);
        var scaled =
            new ScaledWeights(
                (from, count, target) ->
                    target.copyFrom(
                        MemorySegment.ofArray(rows).asSlice(from * FLOAT, count * FLOAT)),
                new ScaledWeights.Factors(rowFactors, columnFactors));
        var expected = new QuantizedWeights(depth, scaled);
        for (int r = 0; r < WIDTH; r++) {
          var integers = new byte[depth];
          if (r < height) {
            float scale = expected.read(r, integers);
            assertEquals(scale, scales.getAtIndex(ValueLayout.JAVA_FLOAT, r), "scale");
            int sum = 0;
            for (byte integer : integers) {
              sum += integer;
            }
            int shift = -Int8Panels.SHIFT * sum;
            assertEquals(shift, shifts.getAtIndex(ValueLayout.JAVA_INT, r), "shift");
          }
          assertArrayEquals(integers, row(panel, r, depth), "row %d of %d".formatted(r, height));
        }
      }
    }
  }

  /** A row of a panel: its groups of four bytes are as far from each other as the panel is wide. */
  private static byte[] row(MemorySegment panel, int row, int depth) {
    var integers = new byte[depth];
    for (int c = 0; c < depth; c++) {
      int group = c / Int8Panels.GROUP * WIDTH + row;
      int at = group * Int8Panels.GROUP + c % Int8Panels.GROUP;
      integers[c] = panel.get(ValueLayout.JAVA_BYTE, at);
    }
    return integers;
  }

  @Test
  void bfloat16() {
    int[] special = {
      0,
      1 << 31,
      0x7F80_0000,
      0xFF80_0000,
      0x7F80_0001,
      0xFFFF_FFFF,
      0x7FC0_0000,
      0x7F7F_FFFF,
      0x3F80_8000,
      0x3F81_8000,
      0x3F80_7FFF,
      0xBF80_8001,
      1,
      0x8000,
      0x0001_8000
    };
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        var values = new float[BLOCK * random.nextInt(1, 10)];
        for (int i = 0; i < values.length; i++) {
          int bits = i < special.length ? special[i] : random.nextInt();
          values[i] = Float.intBitsToFloat(bits);
        }
        MemorySegment target = guarded(arena, (long) values.length * Short.BYTES);
        call(PackCode.NARROW, guarded(arena, values), target, values.length);
        for (int i = 0; i < values.length; i++) {
          short actual = target.getAtIndex(ValueLayout.JAVA_SHORT, i);
          assertEquals(BFloat16.nearest(values[i]), actual, "%a".formatted(values[i]));
        }
      }
    }
  }

  @Test
  void squares() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int depth = BLOCK * random.nextInt(1, 7);
        int height = WeightCode.ROWS * random.nextInt(1, 8);
        float[] rows = rows(height, depth);
        var sums = new double[height];
        var scales = new double[height];
        var squares = new double[depth];
        for (int c = 0; c < depth; c++) {
          squares[c] = random.nextDouble(0, 3);
        }
        MemorySegment actual = guardedCopy(arena, MemorySegment.ofArray(squares));
        for (int r = 0; r < height; r++) {
          scales[r] = random.nextDouble(0, 2);
          for (int c = 0; c < depth; c++) {
            double value = rows[r * depth + c];
            sums[r] += value * value;
            squares[c] += value * value * scales[r];
          }
        }
        MemorySegment given = guarded(arena, rows);
        MemorySegment ofRows = guarded(arena, (long) height * Double.BYTES);
        call(PackCode.ROW_SQUARES, given, ofRows, height, depth);
        assertArrayEquals(sums, ofRows.toArray(ValueLayout.JAVA_DOUBLE), "rows");
        MemorySegment factors = guardedCopy(arena, MemorySegment.ofArray(scales));
        call(PackCode.COLUMN_SQUARES, given, factors, actual, height, depth);
        assertArrayEquals(squares, actual.toArray(ValueLayout.JAVA_DOUBLE), "columns");
      }
    }
  }

  @Test
  void operandsThatAreTooSmallAreRefused() {
    int depth = 2 * BLOCK;
    try (Arena arena = Arena.ofConfined()) {
      var rows = new float[WIDTH * depth];
      var few = new float[WIDTH * depth - 1];
      MemorySegment panel = arena.allocate(rows.length * FLOAT);
      code.floats(rows, depth, panel);
      assertRefused(() -> code.floats(few, depth, panel));
      assertRefused(() -> code.floats(rows, depth, panel.asSlice(FLOAT)));
      assertRefused(() -> code.floats(rows, depth, panel.asReadOnly()));
      for (int other : new int[] {0, -BLOCK, depth + 1, 1 << 20}) {
        assertRefused(() -> code.floats(rows, other, panel));
      }

      var factors = new ScaledWeights.Factors(new float[WIDTH], new float[depth]);
      Int8Panels target = integers(arena, WIDTH, depth);
      code.integers(rows, WIDTH, 0, factors, target);
      assertRefused(() -> code.integers(few, WIDTH, 0, factors, target));
      assertRefused(() -> code.integers(rows, WIDTH + 1, 0, factors, target));
      assertRefused(() -> code.integers(rows, 0, 0, factors, target));
      assertRefused(() -> code.integers(rows, 1, 1, factors, target));
      assertRefused(() -> code.integers(rows, 1, WIDTH, factors, target));
      assertRefused(() -> code.integers(rows, 1, -WIDTH, factors, target));
      var fewRows = new ScaledWeights.Factors(new float[WIDTH - 1], new float[depth]);
      assertRefused(() -> code.integers(rows, WIDTH, 0, fewRows, target));
      var fewColumns = new ScaledWeights.Factors(new float[WIDTH], new float[depth - 1]);
      assertRefused(() -> code.integers(rows, WIDTH, 0, fewColumns, target));
      Int8Panels odd = integers(arena, WIDTH, depth + 1);
      assertRefused(() -> code.integers(rows, WIDTH, 0, factors, odd));

      MemorySegment narrow = arena.allocate((long) BLOCK * Short.BYTES);
      code.narrow(rows, BLOCK, narrow);
      assertRefused(() -> code.narrow(rows, 2 * BLOCK, narrow));
      assertRefused(() -> code.narrow(rows, 0, narrow));
      assertRefused(() -> code.narrow(rows, BLOCK - 1, narrow));
      assertRefused(() -> code.narrow(new float[BLOCK - 1], BLOCK, narrow));
      assertRefused(() -> code.narrow(rows, BLOCK, narrow.asReadOnly()));

      var sums = new double[WIDTH];
      var squares = new double[depth];
      code.rowSquares(rows, WIDTH, depth, sums);
      assertRefused(() -> code.rowSquares(few, WIDTH, depth, sums));
      assertRefused(() -> code.rowSquares(rows, WIDTH, depth, new double[WIDTH - 1]));
      assertRefused(() -> code.rowSquares(rows, 3, depth, sums));
      assertRefused(() -> code.rowSquares(rows, 0, depth, sums));
      code.addSquares(rows, WIDTH, depth, sums, squares);
      assertRefused(() -> code.addSquares(few, WIDTH, depth, sums, squares));
      assertRefused(() -> code.addSquares(rows, 0, depth, sums, squares));
      assertRefused(() -> code.addSquares(rows, WIDTH, depth, new double[WIDTH - 1], squares));
      assertRefused(() -> code.addSquares(rows, WIDTH, depth, sums, new double[depth - 1]));
    }
  }

  private static Int8Panels integers(Arena arena, int rows, int depth) {
    return (Int8Panels)
        CodegenKernelsTest.kernels()
            .pack(
                arena,
                rows,
                depth,
                WeightFormat.INT8,
                (from, count, target) -> target.fill((byte) 0),
                null);
  }
}
