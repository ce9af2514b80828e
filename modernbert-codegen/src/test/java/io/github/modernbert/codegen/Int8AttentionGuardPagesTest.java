package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.X86;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.Int8AttentionCode;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.Int8Instructions;
import io.github.modernbert.codegen.x86.QuantizeCode;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.AttentionStep;
import io.github.modernbert.kernels.HeadSplit;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PortableRowLoops;
import io.github.modernbert.kernels.Quantization;
import io.github.modernbert.kernels.QueryBlock;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Attention in 8-bit integers beside the loops that it replaces, bit by bit, as in {@link
 * GuardPagesTest}.
 */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#runsOnX86")
final class Int8AttentionGuardPagesTest extends GuardedOperands {
  private static final int ROUNDS = 300;
  private static final byte UNTOUCHED = 0x55;

  /** Java's loops, with panels as wide as those of the code. */
  private static final Kernels LOOPS =
      Kernels.ofLoops(
          "loops",
          new PlainTiles(CodegenSupport.architecture().shape().panelFloats()),
          new PortableRowLoops());

  private final AttentionStates states = new AttentionStates(random);
  private final X86 processor = (X86) CodegenSupport.architecture();
  private final KernelShape shape = processor.shape();
  private final Int8Instructions instructions = processor.integers();

  @Test
  void heads() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int headDim = Kernels.DEPTH_BLOCK * random.nextInt(1, 3);
        int heads = random.nextInt(1, 4);
        int position = random.nextInt(0, 50);
        int rows = random.nextInt(1, 150);
        int length = position + rows;
        Matrix qkv = guarded(arena, anyLayout(arena, rows, 3 * heads * headDim));
        Matrix queries = guarded(arena, anyLayout(arena, rows, heads * headDim));
        var rotary =
            new Rotary(
                guarded(arena, randoms(arena, length, headDim / 2)),
                guarded(arena, randoms(arena, length, headDim / 2)));
        int[] cuSeqlens = {0, 5, 5 + length};
        KeyValues actual = keyValues(arena, cuSeqlens, heads, headDim);
        KeyValues expected = keyValues(arena, cuSeqlens, heads, headDim);
        Matrix expectedQueries = Matrix.allocate(arena, rows, heads * headDim);
        Kernels kernels = CodegenKernelsTest.kernels();
        var split = new HeadSplit(qkv, position, rotary, 0.3f, queries, actual.sequence(1));
        kernels.rows().splitHeads(split);
        LOOPS.splitHeads(qkv, position, rotary, 0.3f, expectedQueries, expected.sequence(1));
        for (int r = 0; r < rows; r++) {
          assertArrayEquals(expectedQueries.row(r), queries.row(r), "queries");
        }
        // What was not written is as it was before in both.
        assertEquals(-1, expected.keys().mismatch(actual.keys()), "keys");
        assertEquals(-1, expected.values().mismatch(actual.values()), "values");
        assertEquals(-1, expected.keyScales().mismatch(actual.keyScales()), "scales of keys");
        assertEquals(-1, expected.valueScales().mismatch(actual.valueScales()), "of values");
        if (instructions != Int8Instructions.MADD) {
          assertEquals(-1, expected.keyShifts().mismatch(actual.keyShifts()), "shifts");
        }
      }
    }
  }

  private KeyValues keyValues(Arena arena, int[] cuSeqlens, int heads, int headDim) {
    long tokens = KeyValues.paddedTokens(cuSeqlens);
    var guarded = new GuardedArena(arena, random.nextBoolean());
    Kernels kernels = CodegenKernelsTest.kernels();
    var keyValues = kernels.keyValues(guarded, tokens, heads, headDim, WeightFormat.INT8);
    keyValues.reset(cuSeqlens);
    keyValues.keys().fill(UNTOUCHED);
    keyValues.values().fill(UNTOUCHED);
    keyValues.keyScales().fill(UNTOUCHED);
    keyValues.keyShifts().fill(UNTOUCHED);
    keyValues.valueScales().fill(UNTOUCHED);
    return keyValues;
  }

  @Test
  void steps() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rows = random.nextInt(1, Kernels.QUERY_BLOCK + 1);
        int count = random.nextInt(1, Kernels.KEY_BLOCK + 1);
        int headDim = random.nextInt(1, 140);
        boolean some = random.nextBoolean();
        long from = some ? random.nextLong(-60, count + 30) : -Kernels.QUERY_BLOCK;
        long to = some ? random.nextLong(-60, count + 60) : count;
        AttentionState state =
            states.random(headDim, random.nextDouble(1, 40 / Math.sqrt(headDim)));
        addOutliers(state.queries());
        KeyBlock keys = keys(arena, count, headDim);
        AttentionState actual = AttentionStates.copy(state);
        attend(arena, actual, rows, keys, from, to);
        AttentionStep loops = LOOPS.int8AttentionStep();
        var queries = new QueryBlock(state, 0, rows);
        var scratch = new Scratch();
        loops.begin(queries, scratch);
        loops.attend(queries, widened(arena, keys), from, to, scratch);
        String what =
            "%d rows, %d keys of %d, from %d to %d".formatted(rows, count, headDim, from, to);
        AttentionStates.compare(state, actual, rows, what);
      }
    }
  }

  private void addOutliers(float[] queries) {
    for (int i = random.nextInt(100); i < queries.length; i += 301) {
      queries[i] *= 100;
    }
  }

  private static int padded(int count) {
    return Math.ceilDiv(count, Kernels.DEPTH_BLOCK) * Kernels.DEPTH_BLOCK;
  }

  /** Integers from −127 to 127; keys are filled up with zeros. */
  private KeyBlock keys(Arena arena, int count, int headDim) {
    int width = shape.panelFloats();
    int keyPanels = Math.ceilDiv(count, width);
    long keyPanel = (long) padded(headDim) * width;
    MemorySegment keys = integers(arena, keyPanels * keyPanel);
    for (long at = 0; at < keys.byteSize(); at++) {
      long element = at % keyPanel / (4L * width) * 4 + at % 4;
      if (element >= headDim) {
        keys.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
      }
    }
    MemorySegment shifts = guarded(arena, (long) keyPanels * width * Integer.BYTES);
    for (int key = 0; key < keyPanels * width; key++) {
      int sum = 0;
      for (int j = 0; j < headDim; j++) {
        long at = key / width * keyPanel + j / 4 * 4L * width + key % width * 4L + j % 4;
        sum += keys.get(ValueLayout.JAVA_BYTE, at);
      }
      shifts.setAtIndex(ValueLayout.JAVA_INT, key, -128 * sum);
    }
    MemorySegment valueScales = scales(arena, padded(count));
    if (random.nextInt(8) == 0) {
      valueScales.setAtIndex(ValueLayout.JAVA_FLOAT, random.nextInt(count), Float.NaN);
    }
    int valuePanels = Math.ceilDiv(headDim, width);
    long valuePanel = (long) padded(count) * width + random.nextInt(3) * 64L;
    MemorySegment values =
        integers(arena, (valuePanels - 1) * valuePanel + (long) padded(count) * width);
    return new KeyBlock(
        count,
        new KeyBlock.Panels(keys, keyPanel),
        new KeyBlock.Panels(values, valuePanel),
        scales(arena, keyPanels * width),
        shifts,
        valueScales);
  }

  /** The same integers as floats, as Java's loops read them. */
  private KeyBlock widened(Arena arena, KeyBlock keys) {
    return new KeyBlock(
        keys.count(),
        widened(arena, keys.keys()),
        widened(arena, keys.values()),
        keys.keyScales(),
        MemorySegment.NULL,
        keys.valueScales());
  }

  private KeyBlock.Panels widened(Arena arena, KeyBlock.Panels panels) {
    int width = shape.panelFloats();
    MemorySegment bytes = panels.memory();
    MemorySegment floats = guarded(arena, bytes.byteSize() * Float.BYTES);
    long stride = panels.stride();
    for (long panel = 0; panel < bytes.byteSize(); panel += stride) {
      long size = Math.min(bytes.byteSize() - panel, stride / (4 * width) * (4 * width));
      for (long i = 0; i < size; i++) {
        long element = i / (4 * width) * 4 + i % 4;
        long to = panel + element * width + i % (4 * width) / 4;
        float value = bytes.get(ValueLayout.JAVA_BYTE, panel + i);
        floats.setAtIndex(ValueLayout.JAVA_FLOAT, to, value);
      }
    }
    return new KeyBlock.Panels(floats, stride * Float.BYTES);
  }

  private MemorySegment integers(Arena arena, long count) {
    MemorySegment integers = guarded(arena, count);
    for (long at = 0; at < count; at++) {
      integers.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(-127, 128));
    }
    return integers;
  }

  /** Scales of elements of the size of 1. */
  private MemorySegment scales(Arena arena, int count) {
    MemorySegment scales = guarded(arena, (long) count * Float.BYTES);
    for (int i = 0; i < count; i++) {
      scales.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(0, 0.02));
    }
    return scales;
  }

  /** With arrays copied to memory that is guarded, and back. */
  private void attend(
      Arena arena, AttentionState state, int rows, KeyBlock keys, long from, long to) {
    int headDim = state.headDim();
    int count = keys.count();
    int width = shape.panelFloats();
    int valuePanels = Math.ceilDiv(headDim, width);
    int stride = state.sumsStride();
    int blockStride = Int8AttentionCode.blockStride(instructions);
    MemorySegment integers = guarded(arena, (long) padded(headDim) / 64 * blockStride);
    MemorySegment scales = guarded(arena, 2L * rows * Float.BYTES);
    MemorySegment offsets = guarded(arena, 2L * rows * Long.BYTES).fill((byte) 0);
    var all =
        (long)
            Functions.call(
                FunctionGroup.INT8,
                QuantizeCode.QUANTIZE,
                MemorySegment.ofArray(state.queries()),
                integers,
                scales,
                offsets,
                AttentionState.queriesBlock() * Float.BYTES,
                blockStride,
                rows,
                headDim,
                Quantization.residualBelow(headDim),
                shape.panelBytes());
    MemorySegment sums = copy(arena, state.sums(), (rows - 1) * stride + valuePanels * width);
    MemorySegment lanes = copy(arena, state.lanes(), state.lanesOffset(rows));
    MemorySegment maxima = copy(arena, state.maxima(), Kernels.QUERY_BLOCK);
    long scratchBytes = Int8AttentionCode.scratchBytes(shape, instructions, valuePanels);
    Functions.call(
        FunctionGroup.INT8_ATTENTION,
        Int8AttentionCode.ATTEND,
        integers,
        scales,
        offsets,
        keys.keys().memory(),
        keys.keyScales(),
        keys.keyShifts(),
        keys.values().memory(),
        keys.valueScales(),
        sums,
        lanes,
        maxima,
        guarded(arena, scratchBytes),
        FunctionGroup.INT8.address(Int8Code.PRODUCT),
        FunctionGroup.INT8.address(QuantizeCode.QUANTIZE),
        rows,
        all - rows,
        Math.ceilDiv(count, width),
        count,
        padded(count),
        padded(headDim),
        valuePanels,
        keys.values().stride(),
        stride * Float.BYTES,
        Quantization.residualBelow(count),
        from,
        to);
    MemorySegment.ofArray(state.sums()).copyFrom(sums);
    MemorySegment.ofArray(state.lanes()).copyFrom(lanes);
    MemorySegment.ofArray(state.maxima()).copyFrom(maxima);
  }

  private MemorySegment copy(Arena arena, float[] from, int count) {
    return guardedCopy(arena, MemorySegment.ofArray(from).asSlice(0, (long) count * Float.BYTES));
  }
}
