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
import java.util.List;

/** Makes a parsed pattern ready to compile: no literal ignores case any more, look-behinds are checked. */
final class Normalizer {
  private final PatternReader in;

  Normalizer(PatternReader in) {
    this.in = in;
  }

  Node normalize(Node node) {
    return normalize(node, false);
  }

  private Node normalize(Node node, boolean inLookBehind) {
    return switch (node) {
      case Literal(int[] codePoints, boolean ignoreCase) ->
          ignoreCase ? CaseFolds.expand(codePoints, inLookBehind) : node;
      case OneOf one -> node;
      case Assertion assertion -> node;
      case Concat(var parts) -> Nodes.concat(all(parts, inLookBehind));
      case Alternate(var branches) -> new Alternate(all(branches, inLookBehind));
      case Group(Node body, boolean capturing) -> normalize(body, inLookBehind);
      case Atomic(Node body) -> new Atomic(normalize(body, inLookBehind));
      case Repeat(Node body, int min, int max, boolean greedy) ->
          new Repeat(normalize(body, inLookBehind), min, max, greedy);
      case Look(Node body, boolean behind, boolean negative) -> {
        if (behind) {
          checkLookBehind(body, negative);
        }
        Node normal = normalize(body, inLookBehind || behind);
        if (behind) {
          checkLength(Lengths.of(normal));
        }
        yield new Look(normal, behind, negative);
      }
    };
  }

  private List<Node> all(List<Node> nodes, boolean inLookBehind) {
    return nodes.stream().map(node -> normalize(node, inLookBehind)).toList();
  }

  private void checkLength(Lengths lengths) {
    boolean tooLong = lengths.max() != Node.UNBOUNDED && lengths.max() > Lengths.MAX_LOOK_BEHIND;
    if (tooLong || lengths.min() > Lengths.MAX_LOOK_BEHIND) {
      throw in.error("a look-behind over more than " + Lengths.MAX_LOOK_BEHIND, in.index());
    }
  }

  private void checkLookBehind(Node node, boolean negative) {
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
