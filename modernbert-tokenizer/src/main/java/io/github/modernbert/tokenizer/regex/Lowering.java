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
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a parsed pattern ready to compile: no literal ignores case any more, look-behinds are
 * checked.
 */
final class Lowering {
  private final PatternReader in;

  Lowering(PatternReader in) {
    this.in = in;
  }

  Node lower(Node node) {
    return lower(node, false);
  }

  private Node lower(Node node, boolean inLookBehind) {
    return switch (node) {
      case Literal(int[] codePoints, boolean ignoreCase) ->
          ignoreCase ? CaseFolds.expand(codePoints, inLookBehind) : node;
      case OneOf one -> node;
      case Assertion assertion -> node;
      case Concat(var parts) -> Nodes.concat(all(parts, inLookBehind));
      case Alternate(var branches) -> new Alternate(all(branches, inLookBehind));
      case Group(Node body, boolean capturing) -> lower(body, inLookBehind);
      case Atomic(Node body) -> new Atomic(lower(body, inLookBehind));
      case Repeat(Node body, int min, int max, boolean greedy) ->
          new Repeat(lower(body, inLookBehind), min, max, greedy);
      case Look(Node body, boolean behind, boolean negative) -> {
        if (!behind) {
          yield new Look(lower(body, inLookBehind), false, negative);
        }
        checkLookBehind(body, negative);
        Node shortest = shortenStart(lower(body, true));
        checkLength(Lengths.of(shortest));
        yield new Look(shortest, true, negative);
      }
    };
  }

  private List<Node> all(List<Node> nodes, boolean inLookBehind) {
    return nodes.stream().map(node -> lower(node, inLookBehind)).toList();
  }

  /**
   * Shortens the repeats at the start of a look-behind to the fewest times that they allow: this
   * takes {@code (?<=a+)b} from quadratic to linear time, in the engine as well.
   */
  private Node shortenStart(Node node) {
    return switch (node) {
      case Alternate(var branches) ->
          new Alternate(branches.stream().map(this::shortenStart).toList());
      case Concat(var parts) -> {
        var shortened = new ArrayList<>(parts);
        int at = 0;
        while (at < parts.size() && parts.get(at) instanceof Repeat repeat && isSimple(repeat)) {
          shortened.set(at++, shortenStart(repeat));
          if (repeat.min() > 0) {
            break;
          }
          if (at == parts.size()) {
            throw in.error("a look-behind of nothing but optional parts", in.index());
          }
        }
        yield new Concat(shortened);
      }
      case Repeat repeat when isSimple(repeat) ->
          new Repeat(repeat.body(), repeat.min(), repeat.min(), repeat.greedy());
      default -> node;
    };
  }

  private static boolean isSimple(Repeat repeat) {
    return repeat.body() instanceof OneOf || repeat.body() instanceof Literal;
  }

  private void checkLength(Lengths lengths) {
    boolean tooLong = lengths.max() != Node.UNBOUNDED && lengths.max() > Lengths.MAX_LOOK_BEHIND;
    if (tooLong || lengths.min() > Lengths.MAX_LOOK_BEHIND) {
      throw in.error("a look-behind over more than " + Lengths.MAX_LOOK_BEHIND, in.index());
    }
  }

  private void checkLookBehind(Node node, boolean negative) {
    if (node == EscapeParser.LINE_BREAK) {
      throw in.unsupported("\\R in a look-behind", in.index());
    }
    switch (node) {
      case Literal literal -> {}
      case OneOf one -> {}
      case Assertion(Anchor anchor) -> refuseUnless(anchor.allowedInLookBehind());
      case Concat(var parts) -> parts.forEach(part -> checkLookBehind(part, negative));
      case Alternate(var branches) -> branches.forEach(b -> checkLookBehind(b, negative));
      case Group(Node body, boolean capturing) -> {
        refuseUnless(!(negative && capturing));
        checkLookBehind(body, negative);
      }
      case Atomic(Node body) -> checkLookBehind(body, negative);
      case Repeat repeat -> checkLookBehind(repeat.body(), negative);
      case Look look -> {
        refuseUnless(look.behind() && (negative || !look.negative()));
        checkLookBehind(look.body(), negative);
      }
    }
  }

  private void refuseUnless(boolean allowed) {
    if (!allowed) {
      throw in.error("invalid pattern in a look-behind", in.index());
    }
  }
}
