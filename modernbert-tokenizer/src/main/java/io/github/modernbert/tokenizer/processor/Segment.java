package io.github.modernbert.tokenizer.processor;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Tokens with their attributes, and the overflowing parts that truncation removed. Immutable:
 * nobody writes to the arrays after the constructor.
 */
public final class Segment {
  /** No tokens. */
  public static final Segment EMPTY =
      new Segment(
          SourceText.NONE,
          new int[0],
          new int[0],
          new String[0],
          new int[0],
          new int[0],
          new int[0],
          new int[0],
          new int[0],
          SequenceRanges.NONE,
          List.of());

  /** The text that the offsets are indices of. */
  final SourceText text;

  final int[] ids;
  final int[] typeIds;
  final String[] tokens;
  final int[] words;
  final int[] starts;
  final int[] ends;
  final int[] specialTokensMask;
  final int[] attentionMask;
  final SequenceRanges sequences;
  final List<Segment> overflowing;

  Segment(
      SourceText text,
      int[] ids,
      int[] typeIds,
      String[] tokens,
      int[] words,
      int[] starts,
      int[] ends,
      int[] specialTokensMask,
      int[] attentionMask,
      SequenceRanges sequences,
      List<Segment> overflowing) {
    this.text = text;
    this.ids = ids;
    this.typeIds = typeIds;
    this.tokens = tokens;
    this.words = words;
    this.starts = starts;
    this.ends = ends;
    this.specialTokensMask = specialTokensMask;
    this.attentionMask = attentionMask;
    this.sequences = sequences;
    this.overflowing = overflowing;
  }

  /** The tokens of one text. */
  public static Segment ofText(
      SourceText text,
      int[] ids,
      String[] tokens,
      int[] words,
      int[] starts,
      int[] ends,
      int typeId) {
    int length = ids.length;
    return new Segment(
        text,
        ids,
        filled(length, typeId),
        tokens,
        words,
        starts,
        ends,
        new int[length],
        filled(length, 1),
        SequenceRanges.NONE,
        List.of());
  }

  /** Tokens that stand for no text. */
  static Segment special(int[] ids, List<String> tokens, int typeId) {
    int length = ids.length;
    return new Segment(
        SourceText.NONE,
        ids,
        filled(length, typeId),
        tokens.toArray(new String[0]),
        filled(length, -1),
        new int[length],
        new int[length],
        filled(length, 1),
        filled(length, 1),
        SequenceRanges.NONE,
        List.of());
  }

  static int[] filled(int length, int value) {
    var values = new int[length];
    Arrays.fill(values, value);
    return values;
  }

  /** How many tokens there are. */
  public int length() {
    return ids.length;
  }

  Segment withTypeId(int typeId) {
    return new Segment(
        text,
        ids,
        filled(ids.length, typeId),
        tokens,
        words,
        starts,
        ends,
        specialTokensMask,
        attentionMask,
        sequences,
        overflowing);
  }

  Segment withSequence(int sequence) {
    return withSequences(sequences.with(sequence, 0, ids.length));
  }

  Segment withSequences(SequenceRanges changed) {
    return new Segment(
        text,
        ids,
        typeIds,
        tokens,
        words,
        starts,
        ends,
        specialTokensMask,
        attentionMask,
        changed,
        overflowing);
  }

  Segment withOffsets(int[] newStarts, int[] newEnds) {
    return new Segment(
        text,
        ids,
        typeIds,
        tokens,
        words,
        newStarts,
        newEnds,
        specialTokensMask,
        attentionMask,
        sequences,
        overflowing);
  }

  /** The same tokens with other overflowing parts. */
  public Segment withOverflowing(List<Segment> changed) {
    return new Segment(
        text,
        ids,
        typeIds,
        tokens,
        words,
        starts,
        ends,
        specialTokensMask,
        attentionMask,
        sequences,
        changed);
  }

  /** Some of the tokens; they belong to no text until told. */
  public Segment slice(int from, int to) {
    return new Segment(
        text,
        Arrays.copyOfRange(ids, from, to),
        Arrays.copyOfRange(typeIds, from, to),
        Arrays.copyOfRange(tokens, from, to),
        Arrays.copyOfRange(words, from, to),
        Arrays.copyOfRange(starts, from, to),
        Arrays.copyOfRange(ends, from, to),
        Arrays.copyOfRange(specialTokensMask, from, to),
        Arrays.copyOfRange(attentionMask, from, to),
        SequenceRanges.NONE,
        List.of());
  }

  /** This with padding in front or behind, as are the overflowing parts, up to a length. */
  public Segment padded(int target, boolean left, int id, int typeId, String token) {
    List<Segment> parts =
        overflowing.stream().map(part -> part.padded(target, left, id, typeId, token)).toList();
    int count = target - ids.length;
    if (count <= 0) {
      return withOverflowing(parts);
    }
    Segment padding =
        new Segment(
            SourceText.NONE,
            filled(count, id),
            filled(count, typeId),
            Collections.nCopies(count, token).toArray(new String[0]),
            filled(count, -1),
            new int[count],
            new int[count],
            filled(count, 1),
            new int[count],
            SequenceRanges.NONE,
            List.of());
    Segment main = withOverflowing(List.of());
    return Joiner.join(left ? List.of(padding, main) : List.of(main, padding))
        .withOverflowing(parts);
  }

  /** The ids. */
  public int[] ids() {
    return ids;
  }

  /** The type ids. */
  public int[] typeIds() {
    return typeIds;
  }

  /** The tokens as text. */
  public List<String> tokens() {
    return List.of(tokens);
  }

  /** The number of the piece of each token, −1 for none. */
  public int[] wordIds() {
    return words;
  }

  /** Where in their text the tokens start. */
  public int[] starts() {
    return starts;
  }

  /** Where in their text the tokens end. */
  public int[] ends() {
    return ends;
  }

  /** 1 for tokens that stand for no text. */
  public int[] specialTokensMask() {
    return specialTokensMask;
  }

  /** 0 for padding. */
  public int[] attentionMask() {
    return attentionMask;
  }

  /** The number of the text of each token, −1 for none. */
  public int[] sequenceIds() {
    return sequences.ids(ids.length);
  }

  /** The parts that were cut off, each with its own special tokens. */
  public List<Segment> overflowing() {
    return overflowing;
  }
}
