package io.github.modernbert.tokenizer.processor;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import java.util.List;

/** A token to put around texts. */
record SpecialToken(String token, int id) {
  /** Reads {@code ["[CLS]", 101]}. */
  static SpecialToken read(Json json) {
    List<Json> items = json.items();
    if (items.size() != 2) {
      throw json.mismatch("a token and its id");
    }
    return new SpecialToken(Fields.string(items.getFirst()), Fields.natural(items.getLast()));
  }

  Segment segment(int typeId) {
    return Segment.special(new int[] {id}, List.of(token), typeId);
  }

  /**
   * Puts a text between tokens: afterwards nothing inside counts as special or padding, and only
   * the text itself belongs to the sequence.
   */
  static Segment wrap(List<Segment> before, Segment text, SpecialToken last, int type, int number) {
    var parts = new java.util.ArrayList<>(before);
    Segment plain = plain(text).withOverflowing(List.of());
    parts.add(plain);
    parts.add(last.segment(type));
    int start = before.stream().mapToInt(Segment::length).sum();
    return Joiner.join(parts)
        .withSequences(SequenceRanges.NONE.with(number, start, start + text.length()))
        .withOverflowing(
            text.overflowing.stream().map(part -> wrap(before, part, last, type, number)).toList());
  }

  private static Segment plain(Segment text) {
    int length = text.length();
    return new Segment(
        text.text,
        text.ids,
        text.typeIds,
        text.tokens,
        text.words,
        text.starts,
        text.ends,
        new int[length],
        Segment.filled(length, 1),
        SequenceRanges.NONE,
        text.overflowing);
  }
}
