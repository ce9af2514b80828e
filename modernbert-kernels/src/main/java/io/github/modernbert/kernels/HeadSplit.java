package io.github.modernbert.kernels;

/**
 * Operands of the split of heads: rows of q, k and v of one sequence, and where they go.
 *
 * @param qkv rows of 3 · hidden columns, each hidden head-major
 * @param position position of the first row in its sequence
 * @param rotary cosines and sines that q and k are turned by
 * @param scale factor of queries
 * @param queries receives as many rows of turned, scaled queries
 * @param target receives keys and values
 */
public record HeadSplit(
    Matrix qkv,
    int position,
    Rotary rotary,
    float scale,
    Matrix queries,
    KeyValues.Sequence target) {
  /** Some of the rows. */
  public HeadSplit slice(int from, int to) {
    return new HeadSplit(
        qkv.slice(from, to), position + from, rotary, scale, queries.slice(from, to), target);
  }
}
