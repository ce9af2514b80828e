package io.github.modernbert.vectors;

import io.github.modernbert.kernels.FloatSource;
import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import io.github.modernbert.kernels.WeightMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Products of a group of queries with many vectors, by the matrix product that models use: queries
 * are the rows, vectors the weights. It adds in the order that {@link Panel} keeps to, so the sums
 * have the same bits.
 */
final class QueryProducts {
  /** Vectors that are packed together: a share's sums with them stay in the second-level cache. */
  static final int WIDTH = 512;

  /** Packing vectors for fewer queries takes longer than it saves. */
  private static final int LEAST_QUERIES = 64;

  /** Queries that a product takes at a time are a multiple of its tile's rows. */
  private static final int TILE = 28;

  private static final int MOST_ROWS = 12 * TILE;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final Arena arena;
  private final int dimension;
  private final Matrix queries;
  private final Share[] shares;

  /**
   * Copies the queries.
   *
   * @param arena for as long as products are made
   * @param threads how many threads will take shares
   */
  QueryProducts(Arena arena, float[][] queries, int dimension, int threads) {
    this.arena = arena;
    this.dimension = dimension;
    this.queries = Matrix.allocateBlocks(arena, queries.length, dimension);
    for (int i = 0; i < queries.length; i++) {
      this.queries.setRow(i, queries[i]);
    }
    // Two shares for each thread, so that one that is late does not hold up all.
    int tiles = Math.ceilDiv(queries.length, 2 * threads * TILE);
    int rows = Math.min(tiles * TILE, MOST_ROWS);
    shares = new Share[Math.ceilDiv(queries.length, rows)];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = new Share(i * rows, Math.min(queries.length, (i + 1) * rows));
    }
  }

  /** Whether these products are the fastest way. Short ones are summed in another order. */
  static boolean suit(Terms terms, int queries, int dimension) {
    return terms == Terms.PRODUCTS
        && queries >= LEAST_QUERIES
        && dimension > Kernels.FLOAT64_MAX_DEPTH
        && !Best.KERNELS.name().equals(KernelSelection.PORTABLE);
  }

  /** The best kernels here, selected when they are first needed. */
  private static final class Best {
    static final Kernels KERNELS = KernelSelection.select(KernelSelection.AUTO);
  }

  /** How many parts the queries are cut into. */
  int shareCount() {
    return shares.length;
  }

  /** A part of the queries, for one thread at a time. */
  Share share(int index) {
    return shares[index];
  }

  /** New memory for vectors. */
  Vectors vectors() {
    return new Vectors();
  }

  /** At most {@value #WIDTH} vectors, to be replaced by others again and again. */
  final class Vectors implements WeightMemory {
    private MemorySegment memory = MemorySegment.NULL;
    private @Nullable PackedMatrix packed;
    private int first;

    /** Takes the vectors from one on. */
    void pack(VectorRows rows, int from) {
      int count = Math.min(WIDTH, rows.size() - from);
      first = from;
      packed = Best.KERNELS.pack(this, count, dimension, WeightFormat.FLOAT32, source(rows), null);
    }

    /** The vectors from the first one on as a matrix, one after the other. */
    private FloatSource source(VectorRows rows) {
      var reader = new VectorRows.Reader(rows, 1);
      return (element, count, target) -> {
        int row = first + (int) (element / dimension);
        for (long at = 0; at < count; at += dimension) {
          float[] vector = reader.read(row++, 1)[0];
          MemorySegment.copy(vector, 0, target, FLOAT, at * Float.BYTES, dimension);
        }
      };
    }

    /** The memory of the vectors before, if it is large enough. */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
      if (memory.byteSize() < byteSize) {
        memory = arena.allocate(byteSize, byteAlignment);
      }
      return memory.asSlice(0, byteSize);
    }

    @Override
    public boolean isFilled() {
      return false;
    }
  }

  /** Some of the queries. */
  final class Share {
    private final int from;
    private final int to;
    private final Matrix memory;
    private final Scratch scratch = new Scratch();
    private final float[] sums = new float[WIDTH];

    private Share(int from, int to) {
      this.from = from;
      this.to = to;
      this.memory = Matrix.allocateBlocks(arena, to - from, WIDTH);
    }

    /** Multiplies each query with vectors that have been packed. */
    void multiply(Vectors vectors, Receiver receiver) {
      PackedMatrix right = Objects.requireNonNull(vectors.packed);
      Matrix products = memory.asBlocks(to - from, right.rows());
      Best.KERNELS.multiply(queries.slice(from, to), right, products, scratch);
      for (int row = 0; row < products.rows(); row++) {
        for (int c = 0; c < right.rows(); c += products.stride()) {
          int count = Math.min(products.stride(), right.rows() - c);
          MemorySegment.copy(products.segment(), FLOAT, products.offset(row, c), sums, c, count);
        }
        receiver.sums(from + row, vectors.first, sums, right.rows());
      }
    }
  }

  /** Receives sums of products. */
  @FunctionalInterface
  interface Receiver {
    /**
     * @param query which of the queries
     * @param first the vector of the first sum
     * @param sums for vectors one after the other; may be changed, valid during the call
     * @param count how many
     */
    void sums(int query, int first, float[] sums, int count);
  }
}
