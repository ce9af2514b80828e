package io.github.modernbert.bench;

import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.KeyValues;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Rotary;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.lang.foreign.Arena;

/** Attention of one sequence, all heads of the base model. */
final class Attention implements AutoCloseable {
  private static final int HEADS = 12;
  private static final int HEAD_DIM = 64;

  /**
   * As many rows at a time as the encoder's work items have at most: they share the keys they read.
   */
  private static final int ITEM_ROWS = 12 * Kernels.QUERY_BLOCK;

  private static final int HIDDEN = HEADS * HEAD_DIM;

  /** 1 / √(head dim), a power of two: scaling rounds nothing. */
  private static final float SCALE = 0.125f;

  /** Weights and values of the size of 1: float32 is good for that. */
  private static final double TOLERANCE = 1e-5;

  /** Elements have seven bits: scores err by some hundredths, and weights with them. */
  private static final double INT8_TOLERANCE = 0.05;

  private final Kernels kernels;
  private final int tokens;
  private final int reach;
  private final double tolerance;
  private final Arena arena = Arena.ofShared();
  private final Matrix qkv;
  private final Matrix queries;
  private final KeyValues keyValues;
  private final Matrix y;
  private int lastRows;
  private final Scratch scratch = new Scratch();

  /** Attention in float32. */
  Attention(Kernels kernels, int tokens, int reach) {
    this(kernels, tokens, reach, WeightFormat.FLOAT32);
  }

  /**
   * @param reach how far a token sees on either side
   * @param format of the layer's weights, which decides how its attention is computed
   */
  Attention(Kernels kernels, int tokens, int reach, WeightFormat format) {
    this.kernels = kernels;
    this.tokens = tokens;
    this.reach = Math.min(reach, tokens);
    tolerance = format == WeightFormat.INT8 ? INT8_TOLERANCE : TOLERANCE;
    // Scores have a standard deviation of about 1.3, so that weights differ.
    qkv = new Inputs().blocks(arena, tokens, 3 * HIDDEN, 2);
    queries = Matrix.allocateBlocks(arena, tokens, HIDDEN);
    y = Matrix.allocateBlocks(arena, Math.min(tokens, ITEM_ROWS), HIDDEN);
    int[] cuSeqlens = {0, tokens};
    long padded = KeyValues.paddedTokens(cuSeqlens);
    keyValues = kernels.keyValues(arena, padded, HEADS, HEAD_DIM, format);
    keyValues.reset(cuSeqlens);
    kernels.splitHeads(qkv, 0, noRotation(), SCALE, queries, keyValues.sequence(0));
  }

  private Rotary noRotation() {
    Matrix cos = Matrix.allocate(arena, tokens, HEAD_DIM / 2);
    for (int position = 0; position < tokens; position++) {
      for (int j = 0; j < cos.columns(); j++) {
        cos.set(position, j, 1f);
      }
    }
    return new Rotary(cos, Matrix.allocate(arena, tokens, HEAD_DIM / 2));
  }

  void run() {
    for (int from = 0; from < tokens; from += ITEM_ROWS) {
      int to = Math.min(tokens, from + ITEM_ROWS);
      lastRows = from;
      Matrix some = queries.slice(from, to);
      kernels.attend(some, from, reach, keyValues.sequence(0), y.slice(0, to - from), scratch);
    }
  }

  /** Two products for each pair of a query and a key it sees; the softmax is not counted. */
  long flops() {
    long pairs = 0;
    for (int i = 0; i < tokens; i++) {
      pairs += lastKey(i) - firstKey(i) + 1;
    }
    return 2 * 2 * pairs * HIDDEN;
  }

  private int firstKey(int query) {
    return Math.max(0, query - reach);
  }

  private int lastKey(int query) {
    return Math.min(tokens - 1, query + reach);
  }

  /**
   * Compares all heads of the first, a middle and the last token of the last rows with sums in
   * float64. As in the encoder, results of rows before are gone.
   */
  void check() {
    for (int query : new int[] {lastRows, (lastRows + tokens) / 2, tokens - 1}) {
      for (int head = 0; head < HEADS; head++) {
        check(query, head);
      }
    }
  }

  private void check(int query, int head) {
    int column = head * HEAD_DIM;
    var sums = new double[HEAD_DIM];
    double total = 0;
    for (int key = firstKey(query); key <= lastKey(query); key++) {
      double score = 0;
      for (int d = 0; d < HEAD_DIM; d++) {
        score += (double) qkv.get(query, column + d) * qkv.get(key, HIDDEN + column + d);
      }
      double weight = Math.exp(score * SCALE);
      total += weight;
      for (int d = 0; d < HEAD_DIM; d++) {
        sums[d] += weight * qkv.get(key, 2 * HIDDEN + column + d);
      }
    }
    for (int d = 0; d < HEAD_DIM; d++) {
      Check.near(
          sums[d] / total,
          y.get(query - lastRows, column + d),
          tolerance,
          "attention, token %d, column %d".formatted(query, column + d));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
