package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.pattern.MatchSink;
import io.github.modernbert.tokenizer.text.IntList;

/** The ways to treat the matches at which a text is split. */
@SuppressWarnings("checkstyle:constantname")
enum SplitDelimiterBehavior {
  /** Matches are left out. */
  Removed,
  /** Each match is a piece. */
  Isolated,
  /** A match ends the piece before it. */
  MergedWithPrevious,
  /** A match starts the piece after it. */
  MergedWithNext,
  /** Neighbouring matches are one piece. */
  Contiguous;

  /** Joins matches and what lies between them to pieces; none of them empty. */
  static final class Joiner implements MatchSink {
    private final SplitDelimiterBehavior behavior;
    private final IntList bounds;
    private boolean pending;
    private int start;
    private int end;
    private boolean previousIsMatch;

    Joiner(SplitDelimiterBehavior behavior, IntList bounds) {
      this.behavior = behavior;
      this.bounds = bounds;
    }

    @Override
    public void accept(int from, int to, boolean isMatch) {
      boolean joins =
          switch (behavior) {
            case Removed, Isolated -> false;
            case MergedWithPrevious -> isMatch && !previousIsMatch;
            case MergedWithNext -> previousIsMatch && !isMatch;
            case Contiguous -> isMatch == previousIsMatch;
          };
      previousIsMatch = isMatch;
      if (joins && pending) {
        end = to;
        return;
      }
      finish();
      pending = behavior != Removed || !isMatch;
      start = from;
      end = to;
    }

    /** Hands on the last piece. */
    void finish() {
      if (pending && start < end) {
        bounds.add(start);
        bounds.add(end);
      }
      pending = false;
    }
  }
}
