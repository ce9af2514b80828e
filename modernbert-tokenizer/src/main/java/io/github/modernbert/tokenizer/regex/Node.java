package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointSet;
import java.util.List;

/** The parsed pattern. */
sealed interface Node {
  /** Stands for "without end" as the upper bound of a repeat. */
  int UNBOUNDED = Integer.MAX_VALUE;

  /** Literal code points, all upper and lower case alike if {@code ignoreCase}. */
  record Literal(int[] codePoints, boolean ignoreCase) implements Node {}

  /** One code point of a set. */
  record OneOf(CodePointSet set) implements Node {}

  /** One behind the other; never nested. */
  record Concat(List<Node> parts) implements Node {}

  /** The first of these that leads to a match. */
  record Alternate(List<Node> branches) implements Node {}

  /** {@code min} to {@code max} times, as many as possible if {@code greedy}, else as few. */
  record Repeat(Node body, int min, int max, boolean greedy) implements Node {}

  /**
   * A group that the engine sees: captures and options in parentheses. It changes nothing by
   * itself, but repeats and literals on both sides of its border are not joined.
   */
  record Group(Node body, boolean capturing) implements Node {}

  /** Matches as its body does, but only in the first way. */
  record Atomic(Node body) implements Node {}

  /** Looks whether the body matches (or not, if {@code negative}) ahead or behind. */
  record Look(Node body, boolean behind, boolean negative) implements Node {}

  /** A condition on the place. */
  record Assertion(Anchor anchor) implements Node {}
}
