package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Alternate;
import io.github.modernbert.tokenizer.regex.Node.Assertion;
import io.github.modernbert.tokenizer.regex.Node.Concat;
import io.github.modernbert.tokenizer.regex.Node.Literal;
import io.github.modernbert.tokenizer.regex.Node.Look;
import io.github.modernbert.tokenizer.regex.Node.Repeat;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Puts nodes together in the engine's normal form. */
final class Nodes {
  /** The results of repeating a simple repeat. */
  private enum Nested {
    KEEP,
    INNER,
    STAR,
    PLUS,
    LAZY_STAR,
    LAZY_OPTIONAL,
    LAZY_OPTIONAL_PLUS
  }

  /** By the inner repeat, then the outer one, each in the order ? * + ?? *? +?. */
  private static final Nested[][] NESTED = {
    {Nested.INNER, Nested.STAR, Nested.STAR, Nested.LAZY_OPTIONAL, Nested.LAZY_STAR, Nested.KEEP},
    {
      Nested.INNER, Nested.INNER, Nested.INNER,
      Nested.LAZY_OPTIONAL_PLUS, Nested.LAZY_OPTIONAL_PLUS, Nested.INNER
    },
    {Nested.STAR, Nested.STAR, Nested.INNER, Nested.KEEP, Nested.LAZY_OPTIONAL_PLUS, Nested.INNER},
    {
      Nested.INNER, Nested.LAZY_STAR, Nested.LAZY_STAR,
      Nested.INNER, Nested.LAZY_STAR, Nested.LAZY_STAR
    },
    {Nested.INNER, Nested.INNER, Nested.INNER, Nested.INNER, Nested.INNER, Nested.INNER},
    {Nested.KEEP, Nested.STAR, Nested.PLUS, Nested.LAZY_STAR, Nested.LAZY_STAR, Nested.INNER},
  };

  private Nodes() {}

  /** One behind the other, with neighbouring literals joined. */
  static Node concat(List<Node> nodes) {
    var flat = new ArrayList<Node>();
    for (Node node : nodes) {
      for (Node part : node instanceof Concat(var parts) ? parts : List.of(node)) {
        if (part instanceof Literal(var more, boolean ignoreCase)
            && !flat.isEmpty()
            && flat.getLast() instanceof Literal(var before, boolean ignoredBefore)
            && ignoreCase == ignoredBefore) {
          int[] joined = IntStream.concat(IntStream.of(before), IntStream.of(more)).toArray();
          flat.set(flat.size() - 1, new Literal(joined, ignoreCase));
        } else {
          flat.add(part);
        }
      }
    }
    return flat.size() == 1 ? flat.getFirst() : new Concat(List.copyOf(flat));
  }

  /**
   * How many nodes there are in a node, itself included, where a counted repeat counts for as many
   * copies of its body as it may become.
   */
  static int size(Node node) {
    return switch (node) {
      case Concat(var parts) -> size(parts);
      case Alternate(var branches) -> size(branches);
      case Node.Group(Node body, boolean capturing) -> plus(1, size(body));
      case Node.Atomic(Node body) -> plus(1, size(body));
      case Node.Look look -> plus(1, size(look.body()));
      case Repeat(Node body, int min, int max, boolean greedy) -> {
        boolean single = body instanceof Node.OneOf || body instanceof Literal;
        int times = single ? 1 : max == Node.UNBOUNDED ? min + 1 : max;
        yield (int) Math.min(1 + (long) times * size(body), Integer.MAX_VALUE);
      }
      default -> 1;
    };
  }

  private static int size(List<Node> nodes) {
    int sum = 1;
    for (Node node : nodes) {
      sum = plus(sum, size(node));
    }
    return sum;
  }

  private static int plus(int a, int b) {
    return (int) Math.min((long) a + b, Integer.MAX_VALUE);
  }

  /** Whether the engine refuses to repeat a node. */
  static boolean refusesRepeat(Node node) {
    return switch (node) {
      case Assertion a -> true;
      case Look l -> true;
      case Alternate(var branches) -> branches.stream().anyMatch(Nodes::refusesRepeat);
      default -> false;
    };
  }

  /**
   * A repeat, where a repeat of a repeat becomes one as it does in the engine: this keeps patterns
   * such as {@code (?:a+)*} from taking exponential time.
   */
  static Node repeat(Node body, int min, int max, boolean greedy) {
    if (min == 1 && max == 1) {
      return body;
    }
    var outer = new Repeat(body, min, max, greedy);
    if (!(body instanceof Repeat inner)) {
      return outer;
    }
    int innerKind = kind(inner);
    int outerKind = kind(outer);
    if (innerKind >= 0 && outerKind >= 0) {
      return switch (NESTED[innerKind][outerKind]) {
        case KEEP -> outer;
        case INNER -> inner;
        case STAR -> new Repeat(inner.body(), 0, Node.UNBOUNDED, true);
        case PLUS -> new Repeat(inner.body(), 1, Node.UNBOUNDED, true);
        case LAZY_STAR -> new Repeat(inner.body(), 0, Node.UNBOUNDED, false);
        case LAZY_OPTIONAL -> new Repeat(inner.body(), 0, 1, false);
        case LAZY_OPTIONAL_PLUS ->
            new Repeat(new Repeat(inner.body(), 1, Node.UNBOUNDED, true), 0, 1, false);
      };
    }
    boolean innerStarOrPlus = innerKind == 1 || innerKind == 2;
    if (innerStarOrPlus && greedy && max != Node.UNBOUNDED && max > 1) {
      return new Repeat(body, min, min == 0 ? 1 : min, true);
    }
    if (innerKind < 0 && min == max && inner.min() == inner.max()) {
      long times = (long) min * inner.min();
      return times > Integer.MAX_VALUE - 1
          ? outer
          : new Repeat(inner.body(), (int) times, (int) times, greedy);
    }
    return outer;
  }

  private static int kind(Repeat repeat) {
    int kind;
    if (repeat.min() == 0 && repeat.max() == 1) {
      kind = 0;
    } else if (repeat.min() <= 1 && repeat.max() == Node.UNBOUNDED) {
      kind = 1 + repeat.min();
    } else {
      return -1;
    }
    return repeat.greedy() ? kind : kind + 3;
  }
}
