package io.github.modernbert.tokenizer.pattern;

/** Takes the pieces of a text in order, without gaps: matches and what lies between them. */
@FunctionalInterface
public interface MatchSink {
  /** Takes the piece from {@code start} to {@code end}. */
  void accept(int start, int end, boolean isMatch);
}
