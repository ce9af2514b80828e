package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointTable;
import java.util.Optional;

/**
 * Finds the matches of a pattern in one text, one after the other. Not for use by several threads
 * at once.
 */
public final class Matcher {
  private final Backtracker backtracker;
  private final Optional<CodePointTable> first;
  private final String text;
  private final int start;
  private final int end;

  /** Where the next search starts. */
  private int from;

  private int matchStart = -1;
  private int matchEnd = -1;

  Matcher(Program program, String text, int start, int end) {
    this.backtracker = new Backtracker(program, text, start, end);
    this.first = program.first();
    this.text = text;
    this.start = start;
    this.end = end;
    this.from = start;
  }

  /**
   * Finds the next match, as the reference walks over a text: behind the match before; an empty
   * match right there is passed over, and in an empty text there is none.
   *
   * @throws MatchLimitException when the search takes too many steps
   */
  public boolean next() {
    int lastEnd = matchEnd;
    while (start < end && from <= end && find(from)) {
      if (matchStart != matchEnd || matchEnd != lastEnd) {
        from = matchEnd;
        return true;
      }
      from += from < end ? Character.charCount(codePointAt(from)) : 1;
    }
    from = end + 1;
    return false;
  }

  /**
   * Finds the first match that starts at {@code at}, a place between code points of the region, or
   * behind it.
   *
   * @throws MatchLimitException when the search takes too many steps
   */
  public boolean find(int at) {
    CodePointTable starts = first.orElse(null);
    for (int place = at; place <= end; ) {
      if (starts != null) {
        place = starts.seek(text, place, end);
        if (place == end) {
          return false;
        }
      }
      int reached = backtracker.match(place, at);
      if (reached >= 0) {
        matchStart = place;
        matchEnd = reached;
        return true;
      }
      place += place < end ? Character.charCount(codePointAt(place)) : 1;
    }
    return false;
  }

  /** Remembers failures from the first step on, and not only where many were taken. */
  void rememberFailures() {
    backtracker.rememberFailures();
  }

  /** The steps taken so far. */
  long steps() {
    return backtracker.steps();
  }

  private int codePointAt(int at) {
    return at + 1 < end ? text.codePointAt(at) : text.charAt(at);
  }

  /** Where the last match starts, a UTF-16 index into the text. */
  public int start() {
    return matchStart;
  }

  /** Where the last match ends, a UTF-16 index into the text. */
  public int end() {
    return matchEnd;
  }
}
