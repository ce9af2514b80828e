package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The operations a layer is made of, over rows of packed sequences, each with the implementation
 * that was selected for it. All implementations give the same bits; see the package description.
 * Immutable and safe for use by several threads.
 *
 * <p>Callers pass slices that hold the rows to work on; nothing is checked per element. Results
 * must not share memory with operands, except where it is said that they may. A {@link Scratch}
 * must not be in use by another thread.
 *
 * @param name the kernels as users see them, such as {@code vector (512 bit)}
 * @param products an implementation for each format of weights
 * @param rows what is done to rows between products
 * @param attentionStep the step that attention repeats
 * @param int8AttentionStep the same where the products of attention are of 8-bit integers
 */
public record Kernels(
    String name,
    Map<WeightFormat, MatrixProduct> products,
    RowOperations rows,
    AttentionStep attentionStep,
    AttentionStep int8AttentionStep) {
  /**
   * Products longer than this are summed block by block. Against float64, on the large-shaped
   * synthetic model and one token, blocks of 256 had 1.8 times the largest error of the reference,
   * whose matrix-vector products keep many partial sums, blocks of 64 have 0.8 times it.
   */
  public static final int DEPTH_BLOCK = 64;

  /** Weight products and norms over so many elements or fewer are summed in float64. */
  public static final int FLOAT64_MAX_DEPTH = 128;

  /** Attention rescales its running softmax once for so many keys. */
  public static final int KEY_BLOCK = 256;

  /** Key blocks begin at multiples of this in their sequence. */
  public static final int KEY_ALIGNMENT = 32;

  /** Queries that share key blocks; query blocks begin at multiples of this in their sequence. */
  public static final int QUERY_BLOCK = 28;

  private static final MatrixProduct FLOAT64 = new Float64Product();

  /** Checks that there is a product for each format. */
  public Kernels {
    products = Map.copyOf(products);
    for (WeightFormat format : WeightFormat.values()) {
      if (!products.containsKey(format)) {
        throw new IllegalArgumentException("no product for weights of " + format);
      }
    }
  }

  /** The plain loops: run on any machine, and complete what other kernels lack. */
  public static Kernels portable() {
    return ofLoops(
        KernelSelection.PORTABLE,
        new PortableMicroKernel(PortableMicroKernel.WEIGHT_PANEL_WIDTH),
        new PortableMicroKernel(KEY_ALIGNMENT),
        new PortableRowLoops());
  }

  /** Kernels whose innermost loops are these. */
  public static Kernels ofLoops(String name, MicroKernel kernel, RowLoops loops) {
    return ofLoops(name, kernel, kernel, loops);
  }

  private static Kernels ofLoops(
      String name, MicroKernel ofWeights, MicroKernel ofAttention, RowLoops loops) {
    var rows = new RowByRow(name, loops);
    var product = new PanelProduct(name, ofWeights, rows, loops);
    var products = new EnumMap<WeightFormat, MatrixProduct>(WeightFormat.class);
    for (WeightFormat format : WeightFormat.values()) {
      products.put(format, product);
    }
    return new Kernels(
        name,
        products,
        rows,
        new PanelAttentionStep(name, ofAttention, loops),
        new Int8AttentionStep(name, ofAttention, loops));
  }

  /** The operations with the names of their implementations, in the order of a layer. */
  public SequencedMap<String, String> operations() {
    var operations = new LinkedHashMap<String, String>();
    new TreeMap<>(products)
        .forEach((format, p) -> operations.put(format.label() + " products", p.name()));
    operations.put("attention", attentionStep.name());
    operations.put("int8 attention", int8AttentionStep.name());
    operations.put("norms, activations, heads", rows.name());
    return Collections.unmodifiableSequencedMap(operations);
  }

  /**
   * Packs a weight matrix for the product of its format. Matrices of floats over at most {@link
   * #FLOAT64_MAX_DEPTH} input features stay float32, and are multiplied in float64.
   *
   * @param weights {@code rows × depth} floats, the output features by the input features
   * @param bias {@code rows} floats, or none
   */
  public PackedMatrix pack(
      Arena arena,
      int rows,
      int depth,
      WeightFormat format,
      FloatSource weights,
      @Nullable FloatSource bias) {
    return pack(WeightMemory.of(arena), rows, depth, format, weights, bias);
  }

  /**
   * Packs a weight matrix like {@link #pack(Arena, int, int, WeightFormat, FloatSource,
   * FloatSource)}, or takes it from memory that holds it already: the sources are not read then.
   */
  public PackedMatrix pack(
      WeightMemory memory,
      int rows,
      int depth,
      WeightFormat format,
      FloatSource weights,
      @Nullable FloatSource bias) {
    if (format == WeightFormat.INT8) {
      return new PanelPacker(memory, rows, depth, product(format)).int8(weights, bias);
    }
    if (depth <= FLOAT64_MAX_DEPTH) {
      return new PanelPacker(memory, rows, depth, FLOAT64).floats(weights, bias);
    }
    var packer = new PanelPacker(memory, rows, depth, product(format));
    return format == WeightFormat.BFLOAT16
        ? packer.bfloat16(weights, bias)
        : packer.floats(weights, bias);
  }

  /** Packs a weight matrix of integers, or takes it from memory that holds it already. */
  public PackedMatrix pack(
      WeightMemory memory, int rows, int depth, Int8Source weights, @Nullable FloatSource bias) {
    return new PanelPacker(memory, rows, depth, product(WeightFormat.INT8)).int8(weights, bias);
  }

  /** Machine code for what is done to weights as a model is loaded; empty if that is Java. */
  public Optional<WeightCode> weightCode() {
    return product(WeightFormat.FLOAT32).weightCode();
  }

  /**
   * Rounds values to bfloat16, see {@link BFloat16#nearest}.
   *
   * @param target memory for as many elements of two bytes
   */
  public void narrow(float[] values, int count, MemorySegment target) {
    Optional<WeightCode> code = weightCode();
    int done = code.isEmpty() ? 0 : count / DEPTH_BLOCK * DEPTH_BLOCK;
    if (done > 0) {
      code.get().narrow(values, done, target);
    }
    var rounded = new short[count - done];
    for (int i = done; i < count; i++) {
      rounded[i - done] = BFloat16.nearest(values[i]);
    }
    long at = (long) done * Short.BYTES;
    MemorySegment.copy(rounded, 0, target, ValueLayout.JAVA_SHORT, at, rounded.length);
  }

  /**
   * How packed weights of a format lie in memory, in words: kernels of which this is the same read
   * each other's.
   */
  public String layout(WeightFormat format) {
    return format.label() + " panels of " + product(format).panelWidth();
  }

  /**
   * Prepares all operations of models whose weights have these formats.
   *
   * @throws UnsupportedOperationException if the system refuses what they need; other kernels may
   *     be selected then
   */
  public void prepare(Set<WeightFormat> formats) {
    formats.forEach(format -> product(format).prepare());
    rows.prepare();
    attentionStep.prepare();
    if (formats.contains(WeightFormat.INT8)) {
      int8AttentionStep.prepare();
    }
  }

  /** Whether all that every model needs is machine code, and no loops that C2 has to compile. */
  public boolean isMachineCode() {
    return product(WeightFormat.FLOAT32).isMachineCode()
        && attentionStep.isMachineCode()
        && rows.isMachineCode();
  }

  /** The product with weights of a format. */
  MatrixProduct product(WeightFormat format) {
    return Objects.requireNonNull(products.get(format));
  }

  /** {@code y = x · Wᵀ + b}: x is rows × depth, y is rows × w.rows(). */
  public void multiply(Matrix x, PackedMatrix w, Matrix y, Scratch scratch) {
    multiply(x, w, y, StoreMode.OVERWRITE, scratch);
  }

  /** {@code y = x · Wᵀ + b}, or that added to y. */
  public void multiply(Matrix x, PackedMatrix w, Matrix y, StoreMode mode, Scratch scratch) {
    w.product().multiply(x, w, y, mode, scratch);
  }

  /**
   * {@code y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c)}: the gated MLP's first half (Shazeer,
   * arXiv:2002.05202). u and g have the same shape and format.
   */
  public void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch) {
    u.product().multiplyGate(x, u, g, activation, y, scratch);
  }

  /** {@code y = (x − mean) / sqrt(variance + ε) · weight + bias} for each row; y may be x. */
  public void layerNorm(Matrix x, LayerNorm norm, Matrix y) {
    if (x.columns() <= FLOAT64_MAX_DEPTH) {
      norm.applyInFloat64(x, y);
    } else {
      rows.layerNorm(x, norm, y);
    }
  }

  /** {@code x = activation(x)}. */
  public void activate(Activation activation, Matrix x) {
    int padded = Matrix.padded(x.columns());
    var row = new float[padded];
    var t = new float[padded];
    for (int r = 0; r < x.rows(); r++) {
      x.read(r, 0, row, 0, x.columns());
      rows.activate(activation, row, x.columns(), t);
      x.write(row, r, 0, x.columns());
    }
  }

  /** Memory for the keys and values of batches in float32, in the layout that attention reads. */
  public KeyValues keyValues(Arena arena, long paddedTokens, int heads, int headDim) {
    return keyValues(arena, paddedTokens, heads, headDim, WeightFormat.FLOAT32);
  }

  /**
   * Memory for the keys and values of batches, in the layout that attention reads.
   *
   * @param format of the weights of the layer: attention of layers in 8-bit integers has products
   *     of integers too, unless heads are so wide that Java's sums of them would not be exact
   */
  public KeyValues keyValues(
      Arena arena, long paddedTokens, int heads, int headDim, WeightFormat format) {
    boolean int8 = format == WeightFormat.INT8 && headDim <= RowQuantizer.EXACT;
    AttentionStep step = int8 ? int8AttentionStep : attentionStep;
    return new KeyValues(arena, paddedTokens, heads, headDim, step.panelWidth(), step.keyFormat());
  }

  /**
   * Splits rows of q, k and v (3 · hidden columns, each head-major), turns q and k by their
   * positions, and puts keys and values where {@link #attend} reads them; see {@link HeadSplit}.
   */
  public void splitHeads(
      Matrix qkv,
      int position,
      Rotary rotary,
      float scale,
      Matrix queries,
      KeyValues.Sequence target) {
    rows.splitHeads(new HeadSplit(qkv, position, rotary, scale, queries, target));
  }

  /**
   * Attention of some blocks of queries of one sequence, all heads. Each query must attend to at
   * least one key.
   *
   * @param queries rows × hidden
   * @param position position of the first query, a multiple of {@link #QUERY_BLOCK}
   * @param reach a query attends to visible keys at most this far away on either side
   * @param keys keys and values of the whole sequence
   * @param y receives rows × hidden, head-major
   */
  public void attend(
      Matrix queries, int position, int reach, KeyValues.Sequence keys, Matrix y, Scratch scratch) {
    attend(queries, position, reach, keys, y, 0, keys.all().heads(), scratch);
  }

  /** Attention of the heads {@code firstHead} (included) to {@code endHead} (excluded) alone. */
  public void attend(
      Matrix queries,
      int position,
      int reach,
      KeyValues.Sequence keys,
      Matrix y,
      int firstHead,
      int endHead,
      Scratch scratch) {
    boolean floats = keys.all().format() == KeyFormat.FLOATS;
    AttentionStep step = floats ? attentionStep : int8AttentionStep;
    new Attention(step, queries, position, reach, keys, y, firstHead, endHead, scratch).run();
  }
}
