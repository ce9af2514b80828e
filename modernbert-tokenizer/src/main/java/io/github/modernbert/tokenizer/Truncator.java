package io.github.modernbert.tokenizer;

import io.github.modernbert.tokenizer.Truncation.Strategy;
import io.github.modernbert.tokenizer.processor.Segment;
import java.util.ArrayList;
import java.util.List;

/** Cuts texts to a length before special tokens are added. */
final class Truncator {
  private final Truncation truncation;
  private final int maxLength;

  /**
   * A truncator that leaves room for special tokens.
   *
   * @param maxLength what is left of the truncation's length without them
   */
  private Truncator(Truncation truncation, int maxLength) {
    this.truncation = truncation;
    this.maxLength = maxLength;
  }

  /** One or two texts, cut so that they and so many special tokens have the allowed length. */
  static List<Segment> truncate(List<Segment> texts, Truncation truncation, int specialTokens) {
    int maxLength = truncation.maxLength() - specialTokens;
    return maxLength < 0 ? texts : new Truncator(truncation, maxLength).truncate(texts);
  }

  private List<Segment> truncate(List<Segment> texts) {
    if (maxLength == 0) {
      return texts.stream().map(text -> cut(text, 0)).toList();
    }
    long total = texts.stream().mapToLong(Segment::length).sum();
    if (total <= maxLength) {
      return texts;
    }
    if (truncation.strategy() == Strategy.LONGEST_FIRST) {
      return texts.size() == 1 ? List.of(cut(texts.getFirst(), maxLength)) : cutLongest(texts);
    }
    int cut = truncation.strategy() == Strategy.ONLY_FIRST ? 0 : 1;
    if (cut >= texts.size()) {
      throw new IllegalArgumentException(
          "truncation: %d tokens are more than the %d allowed, but only the second text may be cut"
                  .formatted(total, maxLength)
              + " and there is none");
    }
    long keep = texts.get(cut).length() - (total - maxLength);
    if (keep <= 0) {
      throw new IllegalArgumentException(
          "truncation: %d tokens are %d more than allowed, but the text to cut has only %d"
              .formatted(total, total - maxLength, texts.get(cut).length()));
    }
    var changed = new ArrayList<>(texts);
    changed.set(cut, cut(texts.get(cut), (int) keep));
    return changed;
  }

  /** The shorter text stays whole while the longer one keeps as much, then both share. */
  private List<Segment> cutLongest(List<Segment> texts) {
    int first = texts.getFirst().length();
    int second = texts.getLast().length();
    int shorter = Math.min(first, second);
    int longer = shorter > maxLength ? shorter : Math.max(shorter, maxLength - shorter);
    if ((long) shorter + longer > maxLength) {
      shorter = maxLength / 2;
      longer = shorter + maxLength % 2;
    }
    boolean firstIsLonger = first > second;
    return List.of(
        cut(texts.getFirst(), firstIsLonger ? longer : shorter),
        cut(texts.getLast(), firstIsLonger ? shorter : longer));
  }

  private Segment cut(Segment text, int keep) {
    int length = text.length();
    if (keep >= length) {
      return text;
    }
    if (keep == 0) {
      return Segment.EMPTY.withOverflowing(List.of(text));
    }
    int stride = truncation.stride();
    if (stride >= keep) {
      throw new IllegalArgumentException(
          "truncation: stride %d must be less than the %d tokens that a part has room for"
              .formatted(stride, keep));
    }
    var parts = new ArrayList<Segment>();
    int step = keep - stride;
    if (truncation.direction() == Direction.RIGHT) {
      for (int start = 0, stop = 0; stop < length; start += step) {
        stop = Math.min(start + keep, length);
        parts.add(text.slice(start, stop));
      }
    } else {
      for (int stop = length, start = length; start > 0; stop -= step) {
        start = Math.max(0, stop - keep);
        parts.add(text.slice(start, stop));
      }
    }
    return parts.getFirst().withOverflowing(List.copyOf(parts.subList(1, parts.size())));
  }
}
