package io.github.modernbert;

import io.github.modernbert.kernels.Reduction;
import io.github.modernbert.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.List;

/**
 * The vectors of a text's tokens. Immutable.
 *
 * @see TextEmbedder#embedTokens(String)
 * @see ColBert
 */
public final class TokenEmbeddings {
  private final List<String> tokens;
  private final int[] starts;
  private final int[] ends;
  private final float[][] vectors;
  private final boolean truncated;

  private TokenEmbeddings(
      List<String> tokens, int[] starts, int[] ends, float[][] vectors, boolean truncated) {
    this.tokens = List.copyOf(tokens);
    this.starts = starts;
    this.ends = ends;
    this.vectors = vectors;
    this.truncated = truncated;
  }

  /**
   * The vectors of some tokens of a text that was put behind a prompt.
   *
   * @param promptChars length of the prompt
   * @param indices which tokens have vectors; those beyond the encoding were added to the text
   * @param added the token that was added
   */
  static TokenEmbeddings of(
      Encoding encoding, int promptChars, int[] indices, String added, float[][] vectors) {
    int[] sequences = encoding.sequenceIds();
    List<String> all = encoding.tokens();
    var tokens = new ArrayList<String>();
    var starts = new int[indices.length];
    var ends = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      int index = indices[i];
      boolean isAdded = index >= encoding.length();
      tokens.add(isAdded ? added : all.get(index));
      boolean inText = !isAdded && sequences[index] == 0 && encoding.end(index) > promptChars;
      starts[i] = inText ? Math.max(0, encoding.start(index) - promptChars) : -1;
      ends[i] = inText ? encoding.end(index) - promptChars : -1;
    }
    return new TokenEmbeddings(tokens, starts, ends, vectors, encoding.isTruncated());
  }

  /** How many tokens there are, special ones included. */
  public int size() {
    return vectors.length;
  }

  /**
   * A token as it stands in the vocabulary.
   *
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public String token(int index) {
    return tokens.get(index);
  }

  /**
   * Where a token begins in the text, in chars; −1 for special tokens and those of a prompt.
   *
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public int start(int index) {
    return starts[index];
  }

  /**
   * Where a token ends in the text, in chars; −1 for special tokens and those of a prompt.
   *
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public int end(int index) {
    return ends[index];
  }

  /**
   * The vector of a token; the caller's own copy.
   *
   * @throws IndexOutOfBoundsException if there is no such token
   */
  public float[] vector(int index) {
    return vectors[index].clone();
  }

  /**
   * The sum over these vectors of the largest product with a vector of the other: MaxSim, in
   * float64 in ascending order; 0 if the other has no vectors.
   */
  double maxSim(TokenEmbeddings other) {
    double sum = 0;
    for (float[] own : vectors) {
      float largest = Float.NEGATIVE_INFINITY;
      for (float[] vector : other.vectors) {
        largest = Math.max(largest, Reduction.dot(own, vector));
      }
      sum += other.vectors.length == 0 ? 0 : largest;
    }
    return sum;
  }

  /** Whether the text was longer than the model takes. */
  public boolean truncated() {
    return truncated;
  }
}
