package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.GeluCode;
import io.github.modernbert.codegen.x86.SplitCode;
import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Rotary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tests the functions that work on rows, like {@link GuardPagesTest}. */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#runsOnX86")
final class RowGuardPagesTest extends GuardedOperands {
  private static final int ROUNDS = 300;
  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();

  /** The value that memory holds where nothing is written. */
  private static final float UNTOUCHED = 77f;

  private final Kernels kernels = CodegenKernelsTest.kernels();
  private final Kernels portable = Kernels.portable();

  @Test
  void norms() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rows = random.nextInt(1, 15);
        int columns = random.nextInt(Kernels.FLOAT64_MAX_DEPTH + 1, 400);
        Matrix x = guarded(arena, anyLayout(arena, rows, columns));
        Matrix y = random.nextBoolean() ? x : guarded(arena, anyLayout(arena, rows, columns));
        Matrix bias = random.nextBoolean() ? guarded(arena, randoms(arena, 1, columns)) : null;
        var norm = new LayerNorm(guarded(arena, randoms(arena, 1, columns)), bias, 1e-5f);
        Matrix expected = Matrix.allocate(arena, rows, columns);
        portable.layerNorm(x, norm, expected);
        kernels.layerNorm(x, norm, y);
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(expected.row(r), y.row(r), "%d x %d".formatted(rows, columns));
        }
      }
    }
  }

  @Test
  void heads() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int headDim = 2 * SHAPE.panelFloats() * random.nextInt(1, 3);
        int heads = random.nextInt(1, 4);
        int position = random.nextInt(0, 50);
        int rows = random.nextInt(1, 70);
        int length = position + rows;
        Matrix qkv = guarded(arena, anyLayout(arena, rows, 3 * heads * headDim));
        Matrix queries = guarded(arena, anyLayout(arena, rows, heads * headDim));
        var rotary =
            new Rotary(
                guarded(arena, randoms(arena, length, headDim / 2)),
                guarded(arena, randoms(arena, length, headDim / 2)));
        int[] cuSeqlens = {0, 5, 5 + length};
        var actual = keyValues(kernels, arena, cuSeqlens, heads, headDim);
        var expected = keyValues(portable, arena, cuSeqlens, heads, headDim);
        Matrix expectedQueries = Matrix.allocate(arena, rows, heads * headDim);
        kernels.splitHeads(qkv, position, rotary, 0.3f, queries, actual.sequence(1));
        portable.splitHeads(qkv, position, rotary, 0.3f, expectedQueries, expected.sequence(1));
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(expectedQueries.row(r), queries.row(r), "queries");
          for (int h = 0; h < heads; h++) {
            compareKeys(expected, actual, h, position + r);
            compareValues(expected, actual, h, position + r);
          }
        }
        assertUntouched(actual.keys());
        assertUntouched(actual.values());
      }
    }
  }

  private KeyValues keyValues(
      Kernels kernels, Arena arena, int[] cuSeqlens, int heads, int headDim) {
    long tokens = KeyValues.paddedTokens(cuSeqlens);
    var guarded = new GuardedArena(arena, random.nextBoolean());
    var keyValues = kernels.keyValues(guarded, tokens, heads, headDim);
    keyValues.reset(cuSeqlens);
    keyValues.keys().elements(ValueLayout.JAVA_FLOAT).forEach(RowGuardPagesTest::clear);
    keyValues.values().elements(ValueLayout.JAVA_FLOAT).forEach(RowGuardPagesTest::clear);
    return keyValues;
  }

  private static void clear(MemorySegment element) {
    element.set(ValueLayout.JAVA_FLOAT, 0, UNTOUCHED);
  }

  private void compareKeys(KeyValues expected, KeyValues actual, int head, int key) {
    for (int i = 0; i < expected.headDim(); i++) {
      float e = element(expected.keys(), keyOffset(expected, head, key, i));
      float a = take(actual.keys(), keyOffset(actual, head, key, i));
      assertEquals(e, a, "key");
    }
  }

  private void compareValues(KeyValues expected, KeyValues actual, int head, int key) {
    for (int i = 0; i < expected.headDim(); i++) {
      float e = element(expected.values(), valueOffset(expected, head, key, i));
      float a = take(actual.values(), valueOffset(actual, head, key, i));
      assertEquals(e, a, "value");
    }
  }

  private static long keyOffset(KeyValues of, int head, int key, int i) {
    return of.sequence(1).keyOffset(head, key) + (long) i * of.panelWidth() * Float.BYTES;
  }

  private static long valueOffset(KeyValues of, int head, int key, int i) {
    int inPanel = i % of.panelWidth();
    return of.sequence(1).valueOffset(head, key, i - inPanel) + inPanel * (long) Float.BYTES;
  }

  private static float element(MemorySegment segment, long at) {
    return segment.get(ValueLayout.JAVA_FLOAT, at);
  }

  /** An element, in whose place the memory is as if nothing had been written. */
  private static float take(MemorySegment segment, long at) {
    float value = element(segment, at);
    segment.set(ValueLayout.JAVA_FLOAT, at, UNTOUCHED);
    return value;
  }

  private static void assertUntouched(MemorySegment segment) {
    segment
        .elements(ValueLayout.JAVA_FLOAT)
        .forEach(e -> assertEquals(UNTOUCHED, e.get(ValueLayout.JAVA_FLOAT, 0)));
  }

  /**
   * Calls the functions themselves on guarded memory for what lies in arrays otherwise, and with
   * strides of its own.
   */
  @Test
  void functionsOnMemory() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        activations(arena, random.nextInt(1, 40));
        gates(arena, random.nextInt(1, 40));
        keys(arena, random.nextInt(1, 40));
      }
    }
  }

  private void activations(Arena arena, int steps) {
    MemorySegment before = guarded(arena, (long) steps * Reduction.LANES * Float.BYTES);
    fill(before);
    MemorySegment x = guardedCopy(arena, before);
    Functions.call(FunctionGroup.ROWS, GeluCode.ACTIVATE, x, steps);
    for (long at = 0; at < x.byteSize(); at += Float.BYTES) {
      assertEquals(Activation.GELU.apply(element(before, at)), element(x, at));
    }
  }

  private void gates(Arena arena, int rows) {
    MemorySegment u = guarded(arena, (long) rows * SHAPE.panelBytes());
    MemorySegment g = guarded(arena, u.byteSize());
    fill(u);
    fill(g);
    long stride = SHAPE.panelBytes() + random.nextInt(0, 10) * 4L;
    MemorySegment y = guarded(arena, (rows - 1) * stride + SHAPE.panelBytes());
    Functions.call(FunctionGroup.ROWS, GeluCode.GATE, u, g, y, stride, rows);
    for (long at = 0; at < u.byteSize(); at += Float.BYTES) {
      long row = at / SHAPE.panelBytes();
      float actual = element(y, row * stride + at % SHAPE.panelBytes());
      assertEquals(Activation.GELU.apply(element(u, at)) * element(g, at), actual);
    }
  }

  /** Turned by no angle. */
  private void keys(Arena arena, int rows) {
    int half = SHAPE.panelFloats();
    int first = random.nextInt(0, SHAPE.panelFloats());
    Matrix x = guarded(arena, randoms(arena, rows, 2 * half));
    long halfBytes = (long) half * Float.BYTES;
    MemorySegment cosines = guarded(arena, halfBytes);
    for (long i = 0; i < half; i++) {
      cosines.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1f);
    }
    long last = first + rows - 1L;
    long panelBytes = 2L * half * SHAPE.panelBytes();
    long size = keyOffset(last, panelBytes) + (2L * half - 1) * SHAPE.panelBytes() + Float.BYTES;
    MemorySegment keys = guarded(arena, size - keyOffset(first, panelBytes));
    Functions.call(
        FunctionGroup.ROWS,
        SplitCode.KEYS,
        x.segment(),
        guarded(arena, (long) SplitCode.GROUP * SplitCode.BUFFER_ROW),
        cosines,
        guarded(arena, halfBytes),
        keys,
        x.stride() * Float.BYTES,
        halfBytes,
        0,
        halfBytes,
        rows,
        SHAPE.panelFloats() - first,
        panelBytes - SHAPE.panelBytes());
    for (int r = 0; r < rows; r++) {
      long at = keyOffset(first + r, panelBytes) - keyOffset(first, panelBytes);
      for (int i = 0; i < 2 * half; i++) {
        assertEquals(x.get(r, i), element(keys, at + (long) i * SHAPE.panelBytes()));
      }
    }
  }

  private static long keyOffset(long key, long panelBytes) {
    long inPanel = key % SHAPE.panelFloats() * Float.BYTES;
    return key / SHAPE.panelFloats() * panelBytes + inPanel;
  }
}
