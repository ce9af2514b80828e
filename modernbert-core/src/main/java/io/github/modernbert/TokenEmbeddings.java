package io.github.modernbert;

import java.util.List;

/**
 * The vectors of a text's tokens: the last hidden states, before any pooling. Immutable.
 *
 * @see TextEmbedder#embedTokens(String)
 */
public final class TokenEmbeddings {
  private final List<String> tokens;
  private final int[] starts;
  private final int[] ends;
  private final float[][] vectors;
  private final boolean truncated;

  TokenEmbeddings(
      List<String> tokens, int[] starts, int[] ends, float[][] vectors, boolean truncated) {
    this.tokens = List.copyOf(tokens);
    this.starts = starts;
    this.ends = ends;
    this.vectors = vectors;
    this.truncated = truncated;
  }

  /** How many tokens there are, special ones included. */
  public int size() {
    return vectors.length;
  }

  /** A token as it stands in the vocabulary. */
  public String token(int index) {
    return tokens.get(index);
  }

  /** Where a token begins in the text, in chars; −1 for special tokens and those of a prompt. */
  public int start(int index) {
    return starts[index];
  }

  /** Where a token ends in the text, in chars; −1 for special tokens and those of a prompt. */
  public int end(int index) {
    return ends[index];
  }

  /** The vector of a token; the caller's own copy. */
  public float[] vector(int index) {
    return vectors[index].clone();
  }

  /** Whether the text was longer than the model takes. */
  public boolean truncated() {
    return truncated;
  }
}
