package io.github.modernbert.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.modernbert.kernels.AttentionState;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random states of a query block, which steps of attention go on from. */
record AttentionStates(SplittableRandom random) {
  /**
   * A query block in the middle of its walk, or at its beginning.
   *
   * @param size of the queries' elements
   */
  AttentionState random(int headDim, double size) {
    int blocks = Math.ceilDiv(headDim, Kernels.DEPTH_BLOCK);
    var maxima = new float[Kernels.QUERY_BLOCK];
    var sums = new float[Kernels.QUERY_BLOCK * Matrix.padded(headDim)];
    var lanes = new float[Kernels.QUERY_BLOCK * Reduction.LANES];
    if (random.nextBoolean()) {
      fill(maxima, 10 * size);
      fill(sums, 3);
      fill(lanes, 1);
    } else {
      Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    }
    var queries = new float[blocks * AttentionState.queriesBlock()];
    fill(queries, size);
    return new AttentionState(headDim, queries, sums, lanes, maxima);
  }

  void fill(float[] array, double size) {
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) (size * random.nextDouble(-1, 1));
    }
  }

  /** The same with arrays of its own for what a step changes. */
  static AttentionState copy(AttentionState state) {
    return new AttentionState(
        state.headDim(),
        state.queries(),
        state.sums().clone(),
        state.lanes().clone(),
        state.maxima().clone());
  }

  /** Compares what steps change of some rows, bit by bit. */
  static void compare(AttentionState expected, AttentionState actual, int rows, String what) {
    assertArrayEquals(
        Arrays.copyOf(expected.maxima(), rows), Arrays.copyOf(actual.maxima(), rows), what);
    int lanes = expected.lanesOffset(rows);
    assertArrayEquals(
        Arrays.copyOf(expected.lanes(), lanes), Arrays.copyOf(actual.lanes(), lanes), what);
    for (int r = 0; r < rows; r++) {
      int at = expected.sumsOffset(r);
      assertArrayEquals(
          Arrays.copyOfRange(expected.sums(), at, at + expected.headDim()),
          Arrays.copyOfRange(actual.sums(), at, at + expected.headDim()),
          what);
    }
  }
}
