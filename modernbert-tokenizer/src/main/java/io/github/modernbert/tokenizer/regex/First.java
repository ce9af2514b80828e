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
import io.github.modernbert.tokenizer.unicode.CodePointSet;

/**
 * The code points that a match of a node can start with.
 *
 * @param set those of the matches that are not empty
 * @param canBeEmpty whether it can match the empty text
 */
record First(CodePointSet set, boolean canBeEmpty) {
  /** Nothing follows: the match is complete. */
  static final First END = new First(CodePointSet.NONE, true);

  static First of(Node node) {
    return switch (node) {
      case Literal literal -> new First(CodePointSet.of(literal.codePoints()[0]), false);
      case OneOf(var set) -> new First(set, false);
      case Assertion assertion -> END;
      case Look look -> END;
      case Group group -> of(group.body());
      case Atomic atomic -> of(atomic.body());
      case Repeat repeat -> {
        First body = of(repeat.body());
        yield new First(body.set, body.canBeEmpty || repeat.min() == 0);
      }
      case Concat(var parts) -> {
        First all = END;
        for (Node part : parts.reversed()) {
          all = of(part).then(all);
        }
        yield all;
      }
      case Alternate(var branches) -> {
        var all = new First(CodePointSet.NONE, false);
        for (Node branch : branches) {
          all = all.or(of(branch));
        }
        yield all;
      }
    };
  }

  /** The start of this with {@code next} behind it. */
  First then(First next) {
    return canBeEmpty ? new First(set.union(next.set), next.canBeEmpty) : this;
  }

  /** The start of this or of {@code other}. */
  First or(First other) {
    return new First(set.union(other.set), canBeEmpty || other.canBeEmpty);
  }
}
