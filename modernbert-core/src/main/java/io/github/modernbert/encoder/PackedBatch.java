package io.github.modernbert.encoder;

import io.github.modernbert.kernels.KeyValues;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences laid end to end without padding: sequence b is {@code ids[cuSeqlens[b]] …
 * ids[cuSeqlens[b + 1] - 1]}.
 *
 * @param ids the token ids of all sequences
 * @param cuSeqlens ascending from 0 to the number of tokens; one more entry than sequences
 * @param visible how many tokens at the start of each sequence are attended to
 */
public record PackedBatch(int[] ids, int[] cuSeqlens, int[] visible) {
  /** Packs sequences in the given order. */
  public static PackedBatch of(List<TokenSequence> sequences) {
    var cuSeqlens = new int[sequences.size() + 1];
    var visible = new int[sequences.size()];
    for (int b = 0; b < visible.length; b++) {
      cuSeqlens[b + 1] = Math.addExact(cuSeqlens[b], sequences.get(b).ids().length);
      visible[b] = sequences.get(b).visible();
    }
    var ids = new int[cuSeqlens[visible.length]];
    for (int b = 0; b < visible.length; b++) {
      int[] sequence = sequences.get(b).ids();
      System.arraycopy(sequence, 0, ids, cuSeqlens[b], sequence.length);
    }
    return new PackedBatch(ids, cuSeqlens, visible);
  }

  /** A batch of one sequence whose tokens are all attended to. */
  public static PackedBatch of(int[] ids) {
    return of(List.of(TokenSequence.of(ids)));
  }

  /** One of the sequences. */
  TokenSequence sequence(int number) {
    int[] own = Arrays.copyOfRange(ids, cuSeqlens[number], cuSeqlens[number + 1]);
    return new TokenSequence(own, visible[number]);
  }

  /** Number of sequences. */
  public int size() {
    return visible.length;
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
