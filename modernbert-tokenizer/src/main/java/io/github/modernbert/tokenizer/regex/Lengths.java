package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Alternate;
import io.github.modernbert.tokenizer.regex.Node.Assertion;
import io.github.modernbert.tokenizer.regex.Node.Atomic;
import io.github.modernbert.tokenizer.regex.Node.Concat;
import io.github.modernbert.tokenizer.regex.Node.Group;
import io.github.modernbert.tokenizer.regex.Node.Literal;
import io.github.modernbert.tokenizer.regex.Node.Look;
import io.github.modernbert.tokenizer.regex.Node.OneOf;
import io.github.modernbert.tokenizer.regex.Node.Repeat;

/**
 * How many code points a node matches at least and at most ({@link Node#UNBOUNDED}: without end).
 * Literals must be case-expanded before.
 */
record Lengths(int min, int max) {
  /** The engine's own limit for look-behinds that have an end. */
  static final int MAX_LOOK_BEHIND = 0xFFFF;

  static Lengths of(Node node) {
    return switch (node) {
      case Literal literal -> new Lengths(literal.codePoints().length, literal.codePoints().length);
      case OneOf one -> new Lengths(1, 1);
      case Assertion assertion -> new Lengths(0, 0);
      case Look look -> new Lengths(0, 0);
      case Group group -> of(group.body());
      case Atomic atomic -> of(atomic.body());
      case Repeat(Node body, int min, int max, boolean greedy) -> {
        Lengths once = of(body);
        yield new Lengths(times(once.min, min), times(once.max, max));
      }
      case Concat(var parts) -> {
        var sum = new Lengths(0, 0);
        for (Node part : parts) {
          Lengths next = of(part);
          sum = new Lengths(plus(sum.min, next.min), plus(sum.max, next.max));
        }
        yield sum;
      }
      case Alternate(var branches) -> {
        int min = Node.UNBOUNDED;
        int max = 0;
        for (Node branch : branches) {
          Lengths next = of(branch);
          min = Math.min(min, next.min);
          max = Math.max(max, next.max);
        }
        yield new Lengths(min, max);
      }
    };
  }

  private static int plus(int a, int b) {
    return (int) Math.min((long) a + b, Node.UNBOUNDED);
  }

  private static int times(int a, int b) {
    return (int) Math.min((long) a * b, Node.UNBOUNDED);
  }
}
