package io.github.modernbert;

import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.vectors.MaxSim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

  /**
   * Vectors of a text's tokens that were stored. Which tokens they are is not known: each is empty
   * and stands at −1.
   *
   * @param vectors all of the same length; they are copied
   * @throws IllegalArgumentException if they or one of them is null, or they differ in length
   */
  public static TokenEmbeddings of(float[][] vectors) {
    float[][] copy = Arguments.notNull(vectors, "vectors").clone();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Arguments.element(copy[i], "vectors", i).clone();
      if (copy[i].length != copy[0].length) {
        throw new IllegalArgumentException(
            "vectors[%d]: expected %d dimensions as vectors[0] has, found %d"
                .formatted(i, copy[0].length, copy[i].length));
      }
    }
    return of(Collections.nCopies(copy.length, ""), copy);
  }

  /** The vectors of tokens that stand in no text. */
  static TokenEmbeddings of(List<String> tokens, float[][] vectors) {
    var nowhere = new int[vectors.length];
    Arrays.fill(nowhere, -1);
    return new TokenEmbeddings(tokens, nowhere, nowhere, vectors, false);
  }

  /** How many tokens there are, special ones included. */
  public int size() {
    return vectors.length;
  }

  /**
   * A token as it stands in the vocabulary; empty if it is not known.
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

  /** The vector of a token itself, not to be changed. */
  float[] row(int index) {
    return vectors[index];
  }

  /**
   * The sum over these vectors of the largest product with a vector of the other: MaxSim, in
   * float64 in ascending order; 0 if the other has no vectors.
   *
   * @throws IllegalArgumentException if their dimensions differ
   */
  double maxSim(TokenEmbeddings other) {
    if (size() == 0 || other.size() == 0) {
      return 0;
    }
    if (vectors[0].length != other.vectors[0].length) {
      throw new IllegalArgumentException(
          "vectors of %d and %d dimensions cannot be compared"
              .formatted(vectors[0].length, other.vectors[0].length));
    }
    return MaxSim.of(vectors, other.vectors);
  }

  /** Whether the text was longer than the model takes. */
  public boolean truncated() {
    return truncated;
  }
}
