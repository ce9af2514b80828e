package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * The operations a layer is made of, over rows of packed sequences. Implementations are stateless,
 * safe for use by several threads, and give the same bits; see the package description.
 *
 * <p>Callers pass slices that hold the rows to work on; nothing is checked per element. Results
 * must not share memory with operands, except where it is said that they may. {@code scratch} must
 * not be in use by another thread.
 */
public interface Kernels {
  /**
   * Products longer than this are summed block by block. Against float64, on the large-shaped
   * synthetic model and one token, blocks of 256 had 1.8 times the largest error of the reference,
   * whose matrix-vector products keep many partial sums, blocks of 64 have 0.8 times it.
   */
  int DEPTH_BLOCK = 64;

  /** Weight products and norms over so many elements or fewer are summed in float64. */
  int SMALL = 128;

  /** Attention rescales its running softmax once for so many keys. */
  int KEY_BLOCK = 256;

  /** Key blocks begin at multiples of this in their sequence. */
  int KEY_ALIGNMENT = 32;

  /** Queries that share key blocks; query blocks begin at multiples of this in their sequence. */
  int QUERY_BLOCK = 28;

  /** What users see, such as {@code vector (512 bit)}. */
  String name();

  /** Columns of a weight panel and keys of a key panel; divides {@link #KEY_ALIGNMENT}. */
  int panelWidth();

  /**
   * Copies a weight matrix into the layout of this implementation.
   *
   * @param weights {@code rows × depth} floats, the output features by the input features
   * @param bias {@code rows} floats, or none
   */
  default PackedMatrix pack(
      Arena arena,
      int rows,
      int depth,
      WeightFormat format,
      FloatSource weights,
      @Nullable FloatSource bias) {
    return new PanelPacker(arena, rows, depth, panelWidth()).pack(format, weights, bias);
  }

  /** Likewise, of integers. */
  default PackedMatrix pack(
      Arena arena, int rows, int depth, Int8Source weights, @Nullable FloatSource bias) {
    return new PanelPacker(arena, rows, depth, panelWidth()).int8(weights, bias);
  }

  /** {@code y = x · Wᵀ + b}: x is rows × depth, y is rows × w.rows(). */
  void multiply(Matrix x, PackedMatrix w, Matrix y, Scratch scratch);

  /** {@code y = y + (x · Wᵀ + b)}. */
  void multiplyAdd(Matrix x, PackedMatrix w, Matrix y, Scratch scratch);

  /**
   * {@code y = activation(x · Uᵀ + b) ⊙ (x · Gᵀ + c)}: the gated MLP's first half (Shazeer,
   * arXiv:2002.05202). u and g have the same shape.
   */
  void multiplyGate(
      Matrix x, PackedMatrix u, PackedMatrix g, Activation activation, Matrix y, Scratch scratch);

  /** {@code y = (x − mean) / sqrt(variance + ε) · weight + bias} for each row; y may be x. */
  void layerNorm(Matrix x, LayerNorm norm, Matrix y);

  /** {@code x = activation(x)}. */
  void activate(Activation activation, Matrix x);

  /**
   * Splits rows of q, k and v (3 · hidden columns, each head-major), turns q and k by their
   * positions, and puts keys and values where {@link #attend} reads them.
   *
   * @param qkv rows of one sequence
   * @param position position of the first row in its sequence
   * @param scale what queries are multiplied with
   * @param queries receives as many rows of turned, scaled queries
   * @param target receives keys and values
   * @param sequence number of the sequence in {@code target}
   */
  void splitHeads(
      Matrix qkv,
      int position,
      Rotary rotary,
      float scale,
      Matrix queries,
      KeyValues target,
      int sequence);

  /**
   * Attention of some blocks of queries of one sequence, all heads.
   *
   * @param queries rows × hidden
   * @param position position of the first query, a multiple of {@link #QUERY_BLOCK}
   * @param reach a query sees keys at most this far away on either side
   * @param keyValues keys and values of the whole sequence
   * @param sequence number of the sequence in {@code keyValues}
   * @param y receives rows × hidden, head-major
   */
  void attend(
      Matrix queries,
      int position,
      int reach,
      KeyValues keyValues,
      int sequence,
      Matrix y,
      Scratch scratch);
}
