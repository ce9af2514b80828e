package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.x86.AttentionCode;
import io.github.modernbert.codegen.x86.ProductCode;
import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.AttentionStep;
import io.github.modernbert.kernels.FloatMath;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyBlock;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PortableRowLoops;
import io.github.modernbert.kernels.QueryBlock;
import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.kernels.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Steps of attention beside the loops they replace, bit by bit. Run for both widths; operands lie
 * between pages that cannot be touched, as in {@link GuardPagesTest}.
 */
@EnabledIf("io.github.modernbert.codegen.CodegenKernelsTest#runsOnX86")
final class AttentionCodeTest {
  private static final KernelShape SHAPE = CodegenSupport.architecture().shape();
  private static final int ROUNDS = 1000;

  private final SplittableRandom random = new SplittableRandom(11);
  private final AttentionStates states = new AttentionStates(random);

  /** Steps by loops in Java, with panels as wide as those of the code. */
  private static final AttentionStep LOOPS =
      Kernels.ofLoops("loops", new PlainTiles(SHAPE.panelFloats()), new PortableRowLoops())
          .attentionStep();

  @Test
  void steps() {
    for (int round = 0; round < ROUNDS; round++) {
      int rows = random.nextInt(1, Kernels.QUERY_BLOCK + 1);
      int count = random.nextInt(1, Kernels.KEY_BLOCK + 1);
      int headDim = random.nextInt(1, 140);
      // So far apart that some weights are below the normal range, and some vanish.
      AttentionState state = states.random(headDim, random.nextDouble(1, 40 / Math.sqrt(headDim)));
      boolean some = random.nextBoolean();
      long from = some ? random.nextLong(-60, count + 30) : -Kernels.QUERY_BLOCK;
      long to = some ? random.nextLong(-60, count + 60) : count;
      try (Arena arena = Arena.ofConfined()) {
        KeyBlock keys = keys(arena, count, headDim);
        changeValues(keys.values().memory());
        AttentionState actual = AttentionStates.copy(state);
        attend(arena, actual, rows, keys, from, to);
        LOOPS.attend(new QueryBlock(state, 0, rows), keys, from, to, new Scratch());
        String what =
            "%d rows, %d keys of %d, from %d to %d".formatted(rows, count, headDim, from, to);
        AttentionStates.compare(state, actual, rows, what);
      }
    }
  }

  private KeyBlock keys(Arena arena, int count, int headDim) {
    int keyPanels = Math.ceilDiv(count, SHAPE.panelFloats());
    int valuePanels = Math.ceilDiv(headDim, SHAPE.panelFloats());
    long keyPanel = (long) headDim * SHAPE.panelBytes();
    long valuePanel = (long) count * SHAPE.panelBytes() + random.nextInt(3) * 64L;
    return new KeyBlock(
        count,
        new KeyBlock.Panels(guarded(arena, keyPanels * keyPanel), keyPanel),
        new KeyBlock.Panels(
            guarded(arena, (valuePanels - 1) * valuePanel + (long) count * SHAPE.panelBytes()),
            valuePanel));
  }

  /** Makes some values no numbers or infinite, or all so small that their products vanish. */
  private void changeValues(MemorySegment values) {
    long count = values.byteSize() / Float.BYTES;
    switch (random.nextInt(4)) {
      case 0 -> {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
          values.setAtIndex(ValueLayout.JAVA_FLOAT, random.nextLong(count), value);
        }
      }
      case 1 -> {
        for (long i = 0; i < count; i++) {
          float tiny = random.nextInt(3) == 0 ? 0f : Float.MIN_VALUE;
          values.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextBoolean() ? -tiny : tiny);
        }
      }
      default -> {}
    }
  }

  /** With arrays copied to memory that is guarded, and back. */
  private void attend(
      Arena arena, AttentionState state, int rows, KeyBlock keys, long from, long to) {
    int headDim = state.headDim();
    int valuePanels = Math.ceilDiv(headDim, SHAPE.panelFloats());
    int stride = state.sumsStride();
    long inLast = headDim - (Math.ceilDiv(headDim, Kernels.DEPTH_BLOCK) - 1L) * Kernels.DEPTH_BLOCK;
    int queries =
        state.queries().length
            - AttentionState.queriesBlock()
            + (rows - 1) * Kernels.DEPTH_BLOCK
            + (int) inLast;
    MemorySegment sums =
        guarded(arena, state.sums(), (rows - 1) * stride + valuePanels * SHAPE.panelFloats());
    MemorySegment lanes = guarded(arena, state.lanes(), state.lanesOffset(rows));
    MemorySegment maxima = guarded(arena, state.maxima(), Kernels.QUERY_BLOCK);
    RowTiles tiles = RowTiles.of(rows, SHAPE.rows());
    var groups = new long[Kernels.QUERY_BLOCK * AttentionCode.GROUP_WORDS];
    int groupCount =
        AttentionCode.groups(
            SHAPE, tiles.height(), tiles.tall(), tiles.low(), keys.count(), from, to, groups);
    MemorySegment described =
        MemorySegment.ofArray(groups)
            .asSlice(0, (long) groupCount * AttentionCode.GROUP_WORDS * Long.BYTES);
    Functions.call(
        FunctionGroup.ATTENTION,
        AttentionCode.ATTEND,
        guarded(arena, state.queries(), queries),
        keys.keys().memory(),
        keys.values().memory(),
        sums,
        lanes,
        maxima,
        guarded(arena, (long) AttentionCode.scratchFloats(SHAPE, rows, valuePanels) * Float.BYTES),
        GuardedMemory.copy(arena, described, random.nextBoolean()),
        groupCount,
        FunctionGroup.PRODUCTS.address(ProductCode.PANELS),
        rows,
        keys.count(),
        headDim,
        keys.keys().stride(),
        keys.values().stride(),
        valuePanels,
        stride * Float.BYTES,
        from,
        to);
    MemorySegment.ofArray(state.sums()).copyFrom(sums);
    MemorySegment.ofArray(state.lanes()).copyFrom(lanes);
    MemorySegment.ofArray(state.maxima()).copyFrom(maxima);
  }

  /** Weights of single keys, by values that are 1 for one of them. */
  @Test
  void weightsAreExponentials() {
    int keys = Kernels.KEY_BLOCK;
    AttentionStep step = CodegenKernelsTest.kernels().attentionStep();
    var scratch = new Scratch();
    AttentionState state = states.random(keys, 0);
    state.queries()[0] = 1;
    try (Arena arena = Arena.ofConfined()) {
      KeyBlock block = keys(arena, keys, keys);
      block.keys().memory().fill((byte) 0);
      block.values().memory().fill((byte) 0);
      for (int key = 0; key < keys; key++) {
        long panel = key / SHAPE.panelFloats() * block.values().stride();
        long row = (long) key * SHAPE.panelBytes();
        long column = key % SHAPE.panelFloats() * (long) Float.BYTES;
        block.values().memory().set(ValueLayout.JAVA_FLOAT, panel + row + column, 1f);
      }
      for (double lowest : new double[] {-1e-6, -1, -20, -90, -106, -150, -1e5, -1e38}) {
        for (int round = 0; round < 200; round++) {
          var scores = new float[keys];
          for (int key = 1; key < keys; key++) {
            scores[key] = (float) random.nextDouble(lowest, 0);
            long panel = key / SHAPE.panelFloats() * block.keys().stride();
            long column = key % SHAPE.panelFloats() * (long) Float.BYTES;
            block.keys().memory().set(ValueLayout.JAVA_FLOAT, panel + column, scores[key]);
          }
          Arrays.fill(state.sums(), 0, keys, 0f);
          Arrays.fill(state.maxima(), Float.NEGATIVE_INFINITY);
          step.attend(new QueryBlock(state, 0, 1), block, 0, keys, scratch);
          for (int key = 0; key < keys; key++) {
            assertEquals(FloatMath.exp(scores[key]), state.sums()[key], "exp of " + scores[key]);
          }
        }
      }
    }
  }

  @Test
  void divisions() {
    for (int round = 0; round < ROUNDS; round++) {
      try (Arena arena = Arena.ofConfined()) {
        int rows = random.nextInt(1, Kernels.QUERY_BLOCK + 1);
        int count = Reduction.LANES * random.nextInt(1, 6);
        AttentionState state = states.random(count, 1);
        states.fill(state.lanes(), 1);
        int stride = state.sumsStride();
        int yFloats = count + random.nextInt(0, 10);
        long yStride = yFloats * (long) Float.BYTES;
        long bytes = (rows - 1) * yStride + (long) count * Float.BYTES;
        MemorySegment actual = guarded(arena, bytes);
        MemorySegment expected = arena.allocate(bytes).copyFrom(actual);
        Functions.call(
            FunctionGroup.ATTENTION,
            AttentionCode.DIVIDE,
            guarded(arena, state.sums(), (rows - 1) * stride + count),
            guarded(arena, state.lanes(), state.lanesOffset(rows)),
            actual,
            rows,
            stride * Float.BYTES,
            yStride,
            count);
        LOOPS.divide(
            new QueryBlock(state, 0, rows), 0, new Matrix(expected, rows, count, yFloats, rows));
        assertEquals(-1, expected.mismatch(actual), "%d rows of %d".formatted(rows, count));
      }
    }
  }

  private MemorySegment guarded(Arena arena, float[] array, int count) {
    MemorySegment from = MemorySegment.ofArray(array).asSlice(0, (long) count * Float.BYTES);
    return GuardedMemory.copy(arena, from, random.nextBoolean());
  }

  /** Filled with numbers of the size of 1. */
  private MemorySegment guarded(Arena arena, long bytes) {
    MemorySegment memory = GuardedMemory.allocate(arena, bytes, random.nextBoolean());
    for (long at = 0; at < bytes; at += Float.BYTES) {
      memory.set(ValueLayout.JAVA_FLOAT, at, (float) random.nextDouble(-1, 1));
    }
    return memory;
  }
}
