package io.github.modernbert.packing;

import io.github.modernbert.kernels.KeyValues;
import java.util.List;

/**
 * Sequences laid end to end without padding: sequence b is {@code ids[cuSeqlens[b]] …
 * ids[cuSeqlens[b + 1] - 1]}.
 *
 * @param ids the token ids of all sequences
 * @param cuSeqlens ascending from 0 to the number of tokens; one more entry than sequences
 */
public record PackedBatch(int[] ids, int[] cuSeqlens) {
  /** Packs sequences in the given order; none may be empty. */
  public static PackedBatch of(List<int[]> sequences) {
    var cuSeqlens = new int[sequences.size() + 1];
    for (int b = 0; b < sequences.size(); b++) {
      cuSeqlens[b + 1] = Math.addExact(cuSeqlens[b], sequences.get(b).length);
    }
    var ids = new int[cuSeqlens[sequences.size()]];
    for (int b = 0; b < sequences.size(); b++) {
      int[] sequence = sequences.get(b);
      System.arraycopy(sequence, 0, ids, cuSeqlens[b], sequence.length);
    }
    return new PackedBatch(ids, cuSeqlens);
  }

  /** Number of sequences. */
  public int size() {
    return cuSeqlens.length - 1;
  }

  /** Number of tokens. */
  public int tokens() {
    return ids.length;
  }

  /**
   * Tokens that the batch takes in memory, where each sequence is filled up to whole key panels.
   */
  public int paddedTokens() {
    return Math.toIntExact(KeyValues.paddedTokens(cuSeqlens));
  }

  /** Tokens of one sequence. */
  public int length(int sequence) {
    return cuSeqlens[sequence + 1] - cuSeqlens[sequence];
  }

  /** Tokens of the longest sequence. */
  public int longest() {
    int longest = 0;
    for (int b = 0; b < size(); b++) {
      longest = Math.max(longest, length(b));
    }
    return longest;
  }
}
