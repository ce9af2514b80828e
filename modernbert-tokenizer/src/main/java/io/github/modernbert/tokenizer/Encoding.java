package io.github.modernbert.tokenizer;

import io.github.modernbert.tokenizer.processor.Segment;
import java.util.List;

/**
 * The tokens of a text or a pair, with all that is known of each. Immutable and safe for use by
 * several threads; methods that return an array return a new one each time.
 *
 * <p>Offsets are UTF-16 indices into the caller's text, so {@code text.substring(start(i), end(i))}
 * is what token {@code i} stands for. Those of a second text count from its own start; special and
 * padding tokens have 0 and 0.
 */
public final class Encoding {
  private final Segment segment;
  private final int fullLength;

  Encoding(Segment segment, int fullLength) {
    this.segment = segment;
    this.fullLength = fullLength;
  }

  /** How many tokens there are, special tokens and padding included. */
  public int length() {
    return segment.length();
  }

  /**
   * How many tokens there would be without truncation and padding, special tokens included. For a
   * part in {@link #overflowing} this is its {@link #length}.
   */
  public int fullLength() {
    return fullLength;
  }

  /** Whether truncation took tokens away. */
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
   * @throws IndexOutOfBoundsException if the index is not from 0 to {@link #length} − 1
   */
  public int id(int index) {
    return segment.ids()[index];
  }

  /** The type ids, which tell the texts of a pair apart in some models. */
  public int[] typeIds() {
    return segment.typeIds().clone();
  }

  /**
   * The tokens as text: added tokens as they stand in the text, others as the vocabulary has them.
   */
  public List<String> tokens() {
    return segment.tokens();
  }

  /** 1 for real tokens, 0 for padding. */
  public int[] attentionMask() {
    return segment.attentionMask().clone();
  }

  /** 1 for tokens that stand for no text, padding included, 0 for the others. */
  public int[] specialTokensMask() {
    return segment.specialTokensMask().clone();
  }

  /** The number of the piece that each token is part of, −1 for none; from 0 for each text. */
  public int[] wordIds() {
    return segment.wordIds().clone();
  }

  /** Which text each token belongs to, 0 or 1; −1 for none. */
  public int[] sequenceIds() {
    return segment.sequenceIds();
  }

  /**
   * Where a token starts in its text.
   *
   * @throws IndexOutOfBoundsException if the index is not from 0 to {@link #length} − 1
   */
  public int start(int index) {
    return segment.starts()[index];
  }

  /**
   * Where a token ends in its text.
   *
   * @throws IndexOutOfBoundsException if the index is not from 0 to {@link #length} − 1
   */
  public int end(int index) {
    return segment.ends()[index];
  }

  /**
   * The tokens that truncation cut off, in parts of the same length, each with its special tokens.
   * In a pair every part of one text meets every part of the other, so there can be many.
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
