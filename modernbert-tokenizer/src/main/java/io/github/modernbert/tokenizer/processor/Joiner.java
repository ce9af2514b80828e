package io.github.modernbert.tokenizer.processor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Lays segments end to end; each that has overflowing parts makes overflowing wholes. */
final class Joiner {
  private Joiner() {}

  static Segment join(List<Segment> segments) {
    if (segments.size() == 1) {
      return segments.getFirst();
    }
    var whole = new int[segments.size()];
    // Each int[] says which part of each segment so far makes up the whole: 0 for its main part.
    List<int[]> overflowing = List.of();
    for (int i = 0; i < segments.size(); i++) {
      int parts = segments.get(i).overflowing.size();
      var next = new ArrayList<int[]>(overflowing.size() * (parts + 1) + parts);
      for (int[] choice : overflowing) {
        next.add(choice);
        addChoices(next, choice, i, parts);
      }
      addChoices(next, whole, i, parts);
      overflowing = next;
    }
    Segment joined = concatenate(segments, whole);
    return joined.withOverflowing(
        overflowing.stream().map(choice -> concatenate(segments, choice)).toList());
  }

  private static void addChoices(List<int[]> choices, int[] like, int segment, int parts) {
    for (int part = 1; part <= parts; part++) {
      int[] choice = like.clone();
      choice[segment] = part;
      choices.add(choice);
    }
  }

  private static Segment concatenate(List<Segment> segments, int[] choice) {
    var parts = new ArrayList<Segment>(choice.length);
    SequenceRanges sequences = SequenceRanges.NONE;
    SourceText text = SourceText.NONE;
    int length = 0;
    for (int i = 0; i < choice.length; i++) {
      Segment segment = segments.get(i);
      Segment part = choice[i] == 0 ? segment : segment.overflowing.get(choice[i] - 1);
      parts.add(part);
      sequences = sequences.and(part.sequences.shifted(length));
      length += part.length();
      text = part.text.isEmpty() ? text : part.text;
    }
    return new Segment(
        text,
        ints(parts, length, part -> part.ids),
        ints(parts, length, part -> part.typeIds),
        strings(parts, length),
        ints(parts, length, part -> part.words),
        ints(parts, length, part -> part.starts),
        ints(parts, length, part -> part.ends),
        ints(parts, length, part -> part.specialTokensMask),
        ints(parts, length, part -> part.attentionMask),
        sequences,
        List.of());
  }

  private static int[] ints(List<Segment> parts, int length, Function<Segment, int[]> field) {
    var all = new int[length];
    int at = 0;
    for (Segment part : parts) {
      int[] values = field.apply(part);
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return all;
  }

  private static String[] strings(List<Segment> parts, int length) {
    var all = new String[length];
    Arrays.fill(all, "");
    int at = 0;
    for (Segment part : parts) {
      System.arraycopy(part.tokens, 0, all, at, part.length());
      at += part.length();
    }
    return all;
  }
}
