package io.github.modernbert.tokenizer;

import io.github.modernbert.tokenizer.processor.Segment;
import java.util.List;

/**
 * The tokens of a text or a pair of texts, with their ids, offsets and masks. Immutable and safe
 * for use by several threads; methods that return an array return a new one each time.
 *
 * <p>Offsets are UTF-16 indices into the caller's text, so {@code text.substring(start(i), end(i))}
 * is the text of token {@code i}. Offsets in the second text of a pair count from its own start;
 * special and padding tokens have 0 and 0.
 */
public final class Encoding {
  private final Segment segment;
  private final int fullLength;

  Encoding(Segment segment, int fullLength) {
    this.segment = segment;
    this.fullLength = fullLength;
  }

  /** The number of tokens, special tokens and padding included. */
  public int length() {
    return segment.length();
  }

  /**
   * The number of tokens before truncation and padding, special tokens included. For a part in
   * {@link #overflowing} this is its {@link #length}.
   */
  public int fullLength() {
    return fullLength;
  }

  /** Whether truncation removed tokens. */
  public boolean isTruncated() {
    return !segment.overflowing().isEmpty();
  }

  /** The ids of the tokens. */
  public int[] ids() {
    return segment.ids().clone();
  }

  /**
   * The id of a token.
   *
   * @param index the index of the token, from 0
   * @throws IndexOutOfBoundsException if the index is not from 0 to {@link #length} − 1
   */
  public int id(int index) {
    return segment.ids()[index];
  }

  /** The type id of each token, which tells the texts of a pair apart in some models. */
  public int[] typeIds() {
    return segment.typeIds().clone();
  }

  /** The tokens as strings: added tokens as spelled in the text, others as in the vocabulary. */
  public List<String> tokens() {
    return segment.tokens();
  }

  /** The attention mask: 1 for tokens, 0 for padding. */
  public int[] attentionMask() {
    return segment.attentionMask().clone();
  }

  /**
   * The special tokens mask: 1 for tokens that no text belongs to, padding included, 0 for others.
   */
  public int[] specialTokensMask() {
    return segment.specialTokensMask().clone();
  }

  /**
   * The index of the pre-tokenized piece that each token is part of, −1 for none; from 0 for each
   * text.
   */
  public int[] wordIds() {
    return segment.wordIds().clone();
  }

  /** The text that each token belongs to, 0 or 1; −1 for none. */
  public int[] sequenceIds() {
    return segment.sequenceIds();
  }

  /**
   * The UTF-16 index of a token's first character in its text.
   *
   * @param index the index of the token, from 0
   * @throws IndexOutOfBoundsException if the index is not from 0 to {@link #length} − 1
   */
  public int start(int index) {
    return segment.starts()[index];
  }

  /**
   * The UTF-16 index after a token's last character in its text.
   *
   * @param index the index of the token, from 0
   * @throws IndexOutOfBoundsException if the index is not from 0 to {@link #length} − 1
   */
  public int end(int index) {
    return segment.ends()[index];
  }

  /**
   * The tokens that truncation removed, in encodings of the same length, each with its special
   * tokens. Of a pair there is one for every combination of parts of the two texts, so there can be
   * many.
   */
  public List<Encoding> overflowing() {
    return segment.overflowing().stream().map(part -> new Encoding(part, part.length())).toList();
  }

  Encoding padded(Padding padding, int target) {
    return new Encoding(
        segment.padded(
            target,
            padding.direction() == Direction.LEFT,
            padding.padId(),
            padding.padTypeId(),
            padding.padToken()),
        fullLength);
  }

  /** The tokens, for messages. */
  @Override
  public String toString() {
    return segment.tokens().toString();
  }
}
