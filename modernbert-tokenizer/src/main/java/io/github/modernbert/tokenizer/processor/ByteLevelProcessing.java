package io.github.modernbert.tokenizer.processor;

import io.github.modernbert.tokenizer.text.ByteAlphabet;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;
import java.util.ArrayList;
import java.util.List;

/** Takes the white space at the ends of tokens out of their offsets. */
record ByteLevelProcessing(boolean trimOffsets, boolean addPrefixSpace) implements PostProcessor {
  @Override
  public int addedTokens(boolean isPair) {
    return 0;
  }

  @Override
  public List<Segment> process(List<Segment> segments, boolean addSpecialTokens) {
    var processed = new ArrayList<Segment>();
    for (Segment segment : segments) {
      Segment trimmed = trimOffsets ? trim(segment, addPrefixSpace) : segment;
      processed.add(trimmed.withSequence(processed.size()));
    }
    return processed;
  }

  /** The segment and its overflowing parts with trimmed offsets. */
  static Segment trim(Segment segment, boolean addPrefixSpace) {
    int[] starts = segment.starts.clone();
    int[] ends = segment.ends.clone();
    String text = segment.text.text();
    for (int i = 0; i < starts.length; i++) {
      String token = segment.tokens[i];
      int base = segment.text.start(segment.words[i]);
      int leading = leadingSpaces(token);
      if (leading > 0) {
        // One space at the very start is taken for the one that the pre-tokenizer added.
        boolean added = addPrefixSpace && leading == 1 && (i == 0 || starts[i] == 0);
        starts[i] =
            added ? starts[i] : forward(text, base + starts[i], leading, base + ends[i]) - base;
      }
      int trailing = trailingSpaces(token);
      if (trailing > 0) {
        ends[i] = back(text, base + ends[i], trailing, base + starts[i], base) - base;
      }
    }
    return segment
        .withOffsets(starts, ends)
        .withOverflowing(
            segment.overflowing.stream().map(part -> trim(part, addPrefixSpace)).toList());
  }

  /** So many characters on, but not beyond the end; an added space may stand for any character. */
  private static int forward(String text, int from, int characters, int end) {
    int at = from;
    for (int n = 0; n < characters && at < Math.min(end, text.length()); n++) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  /** So many characters back, but not beyond the start; no step where the text has fewer. */
  private static int back(String text, int from, int characters, int start, int base) {
    int at = Math.min(from, text.length());
    for (int n = 0; n < characters; n++) {
      if (at == base) {
        return from;
      }
      at -= Character.charCount(text.codePointBefore(at));
    }
    return Math.max(at, start);
  }

  private static int leadingSpaces(String token) {
    int spaces = 0;
    while (spaces < token.length() && isSpace(token.charAt(spaces))) {
      spaces++;
    }
    return spaces;
  }

  private static int trailingSpaces(String token) {
    int spaces = 0;
    while (spaces < token.length() && isSpace(token.charAt(token.length() - 1 - spaces))) {
      spaces++;
    }
    return spaces;
  }

  /** White space has no characters beyond U+FFFF. */
  private static boolean isSpace(char c) {
    return c == ByteAlphabet.SPACE || UnicodeClass.isWhitespace(c);
  }
}
