package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks that kernels give the bits of {@link PlainKernels}, at odd sizes. */
public abstract class KernelConformance {
  private static final int[] ROWS = {1, 2, 3, 5, 7, 13, 14, 15, 27, 28, 29, 43, 64};
  private static final int[] LENGTHS = {1, 2, 15, 16, 17, 28, 29, 33, 64, 130, 257, 300, 523};

  /** Values that rounding, comparisons and bit patterns treat in ways of their own. */
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1e-40f,
    -1e-40f,
    0.92f,
    -0.92f,
    0.625f,
    4f,
    -4f,
    5f,
    50f,
    -50f,
    90f,
    -90f,
    -104f,
    1e20f,
    -1e20f,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    -Float.MAX_VALUE,
    Float.intBitsToFloat(0x7FC001FF),
    Float.intBitsToFloat(0xFFFFFFFF)
  };

  private final Kernels kernels;
  private final Arena arena = Arena.ofConfined();
  private final SplittableRandom random = new SplittableRandom(42);

  /**
   * @param kernels the implementation under test
   */
  protected KernelConformance(Kernels kernels) {
    this.kernels = kernels;
  }

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void products() {
    for (int depth : new int[] {1, 31, 128, 129, 255, 256, 257, 512, 700}) {
      for (int features : new int[] {1, 2, 16, 31, 33, 64, 97}) {
        for (int rows : ROWS) {
          product(
              WeightFormat.FLOAT32, rows, depth, features, (rows & 1) == 0, StoreMode.OVERWRITE);
          product(WeightFormat.FLOAT32, rows, depth, features, (rows & 1) == 1, StoreMode.ADD);
        }
      }
    }
  }

  @Test
  void productsOfBFloat16() {
    for (int depth : new int[] {1, 128, 129, 257, 700}) {
      for (int features : new int[] {1, 16, 33, 97}) {
        for (int rows : new int[] {1, 2, 13, 15, 28, 29, 43}) {
          product(
              WeightFormat.BFLOAT16, rows, depth, features, (rows & 1) == 0, addIf(depth == 257));
        }
      }
    }
  }

  @Test
  void productsOfIntegers() {
    for (int depth : new int[] {1, 31, 64, 129, 257, 700, 1153, 2624}) {
      for (int features : new int[] {1, 16, 33, 97}) {
        for (int rows : new int[] {1, 2, 15, 16, 17, 33}) {
          product(WeightFormat.INT8, rows, depth, features, (rows & 1) == 0, addIf(features == 33));
        }
      }
    }
    // More rows than are taken at a time.
    product(WeightFormat.INT8, 430, 800, 40, true, StoreMode.ADD);
  }

  private static StoreMode addIf(boolean condition) {
    return condition ? StoreMode.ADD : StoreMode.OVERWRITE;
  }

  private void product(
      WeightFormat format, int rows, int depth, int features, boolean withBias, StoreMode mode) {
    float[][] x = format == WeightFormat.INT8 ? withOutliers(rows, depth) : randoms(rows, depth);
    float[][] w = randoms(features, depth);
    float @Nullable [] bias = withBias ? randoms(1, features)[0] : null;
    float[][] y = randoms(rows, features);
    float[][] expected = plainProduct(format, x, w, bias, mode == StoreMode.ADD ? y : null);
    PackedMatrix packed = pack(format, w, bias);
    for (boolean inBlocks : new boolean[] {false, true}) {
      Matrix input = inBlocks ? blocks(x) : matrix(x);
      Matrix actual = inBlocks ? blocks(y) : matrix(y);
      // In blocks as in the encoder, which also takes some features at a time.
      PackedMatrix some = inBlocks ? packed.features(0, features) : packed;
      kernels.multiply(input, some, actual, mode, new Scratch());
      assertBits(
          expected, actual, "%s product %d x %d x %d".formatted(format, rows, depth, features));
    }
  }

  private static float[][] plainProduct(
      WeightFormat format,
      float[][] x,
      float[][] w,
      float @Nullable [] bias,
      float @Nullable [][] residual) {
    if (format == WeightFormat.INT8) {
      return PlainKernels.multiplyInt8(x, w, bias, residual);
    }
    boolean narrow = format == WeightFormat.BFLOAT16 && w[0].length > Kernels.FLOAT64_MAX_DEPTH;
    return PlainKernels.multiply(x, narrow ? PlainKernels.bfloat16(w) : w, bias, residual);
  }

  /** Rows some of which have values far above the others, or nothing but zeros, or no numbers. */
  private float[][] withOutliers(int rows, int columns) {
    float[][] x = randoms(rows, columns);
    float[] special = {100, 3000, 0, 1e-37f, 1e38f, Float.NaN, Float.NEGATIVE_INFINITY};
    for (int r = 1; r < rows; r += 2) {
      float value = special[r / 2 % special.length];
      if (value == 0 || value == 1e-37f) {
        Arrays.fill(x[r], value);
      } else {
        x[r][random.nextInt(columns)] = value;
      }
    }
    return x;
  }

  private PackedMatrix pack(WeightFormat format, float[][] w, float @Nullable [] bias) {
    return kernels.pack(
        arena, w.length, w[0].length, format, source(w), bias == null ? null : source(bias));
  }

  @Test
  void layerNorms() {
    for (int columns : new int[] {1, 2, 17, 128, 129, 135, 143, 144, 145, 191, 192, 193, 768}) {
      for (int rows : new int[] {1, 2, 3, 4, 5, 8, 11}) {
        layerNorms(randoms(rows, columns));
      }
    }
  }

  /** Each row has its own mean, whatever its neighbours are. */
  @Test
  void layerNormsOfWhatIsNoNumber() {
    for (int columns : new int[] {64, 150, 256}) {
      float[][] x = randoms(SPECIAL.length, columns);
      for (int r = 0; r < x.length; r++) {
        x[r][r % columns] = SPECIAL[r];
        x[r][columns - 1] = SPECIAL[(r * 5 + 1) % SPECIAL.length];
      }
      Arrays.fill(x[0], 0f);
      Arrays.fill(x[1], -0f);
      Arrays.fill(x[2], 1e-40f);
      layerNorms(x);
    }
  }

  private void layerNorms(float[][] x) {
    int columns = x[0].length;
    float[] weight = randoms(1, columns)[0];
    float[] bias = randoms(1, columns)[0];
    for (float @Nullable [] b : new float @Nullable [][] {null, bias}) {
      var expected = new float[x.length][];
      for (int r = 0; r < x.length; r++) {
        expected[r] = PlainKernels.norm(x[r], weight, b, 1e-5f);
      }
      var norm =
          new LayerNorm(
              matrix(new float[][] {weight}), b == null ? null : matrix(new float[][] {b}), 1e-5f);
      Matrix inPlace = matrix(x);
      for (Matrix y : List.of(inPlace, allocateBlocks(x.length, columns))) {
        kernels.layerNorm(y == inPlace ? inPlace : matrix(x), norm, y);
        assertBits(expected, y, "norm of " + columns);
      }
      Matrix inBlocks = blocks(x);
      kernels.layerNorm(inBlocks, norm, inBlocks);
      assertBits(expected, inBlocks, "norm of " + columns);
    }
  }

  @Test
  void activations() {
    float[][] x = randoms(2, 2 * 519);
    System.arraycopy(SPECIAL, 0, x[0], 0, SPECIAL.length);
    for (int i = 0; i < 519; i++) {
      x[1][i] *= 20;
    }
    for (Activation activation : Activation.values()) {
      var activated = new float[2][2 * 519];
      for (int r = 0; r < 2; r++) {
        for (int i = 0; i < activated[r].length; i++) {
          activated[r][i] = activation.apply(x[r][i]);
        }
      }
      for (Matrix inPlace : List.of(matrix(x), blocks(x))) {
        kernels.activate(activation, inPlace);
        assertBits(activated, inPlace, activation.toString());
      }
    }
  }

  @Test
  void gates() {
    for (Activation activation : Activation.values()) {
      for (int depth : new int[] {7, 129, 300}) {
        for (int features : new int[] {1, 33, 64, 97}) {
          gate(WeightFormat.FLOAT32, activation, 30, depth, features, depth == 129);
        }
      }
    }
    // More rows than are taken at a time.
    gate(WeightFormat.FLOAT32, Activation.GELU, 430, 800, 40, true);
  }

  @Test
  void gatesOfOtherFormats() {
    for (WeightFormat format : List.of(WeightFormat.BFLOAT16, WeightFormat.INT8)) {
      for (int depth : new int[] {7, 129, 300}) {
        for (int features : new int[] {1, 33, 64, 97}) {
          gate(format, Activation.GELU, 35, depth, features, depth == 129);
        }
      }
      gate(format, Activation.SILU, 430, 800, 40, true);
    }
  }

  private void gate(
      WeightFormat format,
      Activation activation,
      int rows,
      int depth,
      int features,
      boolean withBias) {
    float[][] x = format == WeightFormat.INT8 ? withOutliers(rows, depth) : randoms(rows, depth);
    var w = new float[2][][];
    var packed = new PackedMatrix[2];
    var expected = new float[2][][];
    for (int half = 0; half < 2; half++) {
      w[half] = randoms(features, depth);
      float @Nullable [] bias = withBias ? randoms(1, features)[0] : null;
      expected[half] = plainProduct(format, x, w[half], bias, null);
      packed[half] = pack(format, w[half], bias);
    }
    for (int r = 0; r < rows; r++) {
      for (int n = 0; n < features; n++) {
        expected[0][r][n] = activation.apply(expected[0][r][n]) * expected[1][r][n];
      }
    }
    for (Matrix input : List.of(matrix(x), blocks(x))) {
      for (Matrix y : List.of(allocate(rows, features), allocateBlocks(rows, features))) {
        kernels.multiplyGate(input, packed[0], packed[1], activation, y, new Scratch());
        String what =
            "%s %s gate %d x %d x %d".formatted(format, activation, rows, depth, features);
        assertBits(expected[0], y, what);
      }
    }
  }

  @Test
  void attentionOverAllKeys() {
    for (int length : LENGTHS) {
      attention(new int[] {length}, 2, 16, Integer.MAX_VALUE);
    }
  }

  @Test
  void attentionOverWindows() {
    for (int length : LENGTHS) {
      for (int reach : new int[] {0, 1, 4, 7, 64, 200}) {
        attention(new int[] {length}, 1, 6, reach);
      }
    }
  }

  @Test
  void attentionOfSeveralSequences() {
    attention(new int[] {3, 70, 1, 33}, 3, 64, 64);
    attention(new int[] {40, 300, 2}, 1, 66, Integer.MAX_VALUE);
    attention(new int[] {31}, 2, 2, 3);
  }

  @Test
  void headsOfAllSizes() {
    for (int headDim : new int[] {2, 4, 30, 32, 34, 62, 64, 66, 126, 128}) {
      attention(new int[] {31}, 2, headDim, Integer.MAX_VALUE);
      attention(new int[] {58}, 2, headDim, 5);
    }
  }

  /** Sums over so many products of integers would not be exact in float32. */
  @Test
  void wideHeadsStayFloats() {
    var widest = kernels.keyValues(arena, 32, 1, RowQuantizer.EXACT, WeightFormat.INT8);
    var wider = kernels.keyValues(arena, 32, 1, RowQuantizer.EXACT + 2, WeightFormat.INT8);
    assertNotEquals(KeyFormat.FLOATS, widest.format());
    assertEquals(KeyFormat.FLOATS, wider.format());
  }

  /** Scores and values that are infinite, no numbers, or become so. */
  @Test
  void attentionOfWhatIsNoNumber() {
    for (float value :
        new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f}) {
      for (int part = 0; part < 3; part++) {
        for (int row : new int[] {0, 17, 270}) {
          int column = part * 64 + 3;
          attention(new int[] {300}, 1, 64, Integer.MAX_VALUE, qkv -> qkv[row][column] = value);
        }
      }
    }
  }

  private void attention(int[] lengths, int heads, int headDim, int reach) {
    attention(lengths, heads, headDim, reach, qkv -> {});
  }

  private void attention(
      int[] lengths, int heads, int headDim, int reach, Consumer<float[][]> change) {
    attention(lengths, heads, headDim, reach, change, WeightFormat.FLOAT32);
    attention(lengths, heads, headDim, reach, change, WeightFormat.INT8);
  }

  private void attention(
      int[] lengths,
      int heads,
      int headDim,
      int reach,
      Consumer<float[][]> change,
      WeightFormat format) {
    int hidden = heads * headDim;
    int longest = Arrays.stream(lengths).max().orElseThrow();
    float[][] cos = randoms(longest, headDim / 2);
    float[][] sin = randoms(longest, headDim / 2);
    var rotary = new Rotary(matrix(cos), matrix(sin));
    var cuSeqlens = new int[lengths.length + 1];
    for (int b = 0; b < lengths.length; b++) {
      cuSeqlens[b + 1] = cuSeqlens[b] + lengths[b];
    }
    var keyValues =
        kernels.keyValues(arena, KeyValues.paddedTokens(cuSeqlens), heads, headDim, format);
    keyValues.reset(cuSeqlens);
    var scratch = new Scratch();
    float[][] qkv = randoms(cuSeqlens[lengths.length], 3 * hidden);
    change.accept(qkv);
    boolean inBlocks = lengths[0] % 2 == 0;
    Matrix packed = inBlocks ? blocks(qkv) : matrix(qkv);
    int rows = packed.rows();
    Matrix queries = inBlocks ? allocateBlocks(rows, hidden) : allocate(rows, hidden);
    Matrix y = inBlocks ? allocateBlocks(rows, hidden) : allocate(rows, hidden);
    for (int b = 0; b < lengths.length; b++) {
      Matrix some = packed.slice(cuSeqlens[b], cuSeqlens[b + 1]);
      split(some, rotary, queries.slice(cuSeqlens[b], cuSeqlens[b + 1]), keyValues.sequence(b));
    }
    for (int b = 0; b < lengths.length; b++) {
      Matrix result = y.slice(cuSeqlens[b], cuSeqlens[b + 1]);
      float[][] expected =
          plainAttention(
              format == WeightFormat.INT8 ? PlainKernels.INTEGERS : PlainKernels.FLOATS,
              qkv,
              cuSeqlens[b],
              lengths[b],
              heads,
              headDim,
              reach,
              cos,
              sin);
      // However the query blocks are put together.
      for (int step : new int[] {Kernels.QUERY_BLOCK, 3 * Kernels.QUERY_BLOCK, lengths[b]}) {
        for (int r = 0; r < result.rows(); r++) {
          result.setRow(r, new float[hidden]);
        }
        for (int q = 0; q < lengths[b]; q += step) {
          int to = Math.min(lengths[b], q + step);
          Matrix some = queries.slice(cuSeqlens[b] + q, cuSeqlens[b] + to);
          kernels.attend(some, q, reach, keyValues.sequence(b), result.slice(q, to), scratch);
        }
        assertBits(
            expected,
            result,
            "%s attention of %d tokens, reach %d".formatted(format.label(), lengths[b], reach));
      }
    }
  }

  /** In pieces, as several tasks do it, from either end: none may touch what is another one's. */
  private void split(Matrix qkv, Rotary rotary, Matrix queries, KeyValues.Sequence target) {
    int step = 1 + random.nextInt(40);
    int pieces = Math.ceilDiv(qkv.rows(), step);
    boolean ascending = random.nextBoolean();
    for (int i = 0; i < pieces; i++) {
      int from = (ascending ? i : pieces - 1 - i) * step;
      int to = Math.min(qkv.rows(), from + step);
      Matrix some = queries.slice(from, to);
      kernels.splitHeads(qkv.slice(from, to), from, rotary, 0.3f, some, target);
    }
  }

  private static float[][] plainAttention(
      PlainKernels.AttentionProducts products,
      float[][] qkv,
      int start,
      int length,
      int heads,
      int headDim,
      int reach,
      float[][] cos,
      float[][] sin) {
    int hidden = heads * headDim;
    var y = new float[length][hidden];
    for (int h = 0; h < heads; h++) {
      var q = new float[length][];
      var k = new float[length][];
      var v = new float[length][];
      for (int i = 0; i < length; i++) {
        float[] row = qkv[start + i];
        q[i] = Arrays.copyOfRange(row, h * headDim, (h + 1) * headDim);
        k[i] = Arrays.copyOfRange(row, hidden + h * headDim, hidden + (h + 1) * headDim);
        v[i] = Arrays.copyOfRange(row, 2 * hidden + h * headDim, 2 * hidden + (h + 1) * headDim);
        PlainKernels.rotate(q[i], cos[i], sin[i], 0.3f);
        PlainKernels.rotate(k[i], cos[i], sin[i], 1f);
      }
      for (int i = 0; i < length; i++) {
        float[] a = PlainKernels.attend(products, q[i], k, v, i, reach);
        System.arraycopy(a, 0, y[i], h * headDim, headDim);
      }
    }
    return y;
  }

  private float[][] randoms(int rows, int columns) {
    var values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextDouble(-2, 2);
      }
    }
    return values;
  }

  /** A matrix whose padding holds NaN: no result may depend on it. */
  private Matrix matrix(float[][] values) {
    Matrix m = allocate(values.length, values[0].length);
    return filled(m, values);
  }

  /** A matrix in blocks whose padding holds NaN. */
  private Matrix blocks(float[][] values) {
    return filled(allocateBlocks(values.length, values[0].length), values);
  }

  private static Matrix filled(Matrix m, float[][] values) {
    m.segment().elements(Matrix.FLOAT).forEach(f -> f.set(Matrix.FLOAT, 0, Float.NaN));
    for (int r = 0; r < values.length; r++) {
      m.setRow(r, values[r]);
    }
    return m;
  }

  private Matrix allocate(int rows, int columns) {
    return Matrix.allocate(arena, rows, columns);
  }

  private Matrix allocateBlocks(int rows, int columns) {
    return Matrix.allocateBlocks(arena, rows, columns);
  }

  private static FloatSource source(float[]... rows) {
    int columns = rows[0].length;
    return (from, count, target) -> {
      for (long i = 0; i < count; i++) {
        float value = rows[(int) ((from + i) / columns)][(int) ((from + i) % columns)];
        target.setAtIndex(Matrix.FLOAT, i, value);
      }
    };
  }

  private static void assertBits(float[][] expected, Matrix actual, String what) {
    for (int r = 0; r < expected.length; r++) {
      for (int c = 0; c < expected[r].length; c++) {
        float e = expected[r][c];
        float a = actual.get(r, c);
        if (Float.floatToIntBits(e) != Float.floatToIntBits(a)) {
          assertEquals(e, a, "%s: row %d, column %d".formatted(what, r, c));
        }
      }
    }
  }
}
