package io.github.modernbert.encoder;

/**
 * The tokens of one sequence, of which a prefix is attended to. Tokens behind it attend to the
 * prefix, but no token attends to them, not even they themselves: that is what the reference
 * computes for tokens whose {@code attention_mask} is 0 and whose states are read all the same, as
 * ColBERT does with the mask tokens that expand a query.
 *
 * @param ids token ids
 * @param visible how many tokens at the start are attended to; from 1
 */
public record TokenSequence(int[] ids, int visible) {
  /** A sequence whose tokens are all attended to. */
  public static TokenSequence of(int[] ids) {
    return new TokenSequence(ids, ids.length);
  }
}
