package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Alternate;
import io.github.modernbert.tokenizer.regex.Node.Assertion;
import io.github.modernbert.tokenizer.regex.Node.Group;
import io.github.modernbert.tokenizer.regex.Node.Literal;
import io.github.modernbert.tokenizer.regex.Node.OneOf;
import io.github.modernbert.tokenizer.unicode.CodePointSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses alternatives, sequences and repeats; groups, escapes and classes have their own parsers.
 */
final class PatternParser {
  private static final CodePointSet NEWLINE = CodePointSet.of('\n');

  /** Recursion stays far from the stack's end; the engine's own limit is 4096. */
  private static final int MAX_DEPTH = 500;

  private final PatternReader in;
  private final ClassParser classes;
  private final EscapeParser escapes;
  private final GroupParser groups;
  private Options options = Options.NONE;
  private int depth;

  private PatternParser(String pattern) {
    in = new PatternReader(pattern);
    classes = new ClassParser(in);
    groups = new GroupParser(in, this);
    escapes = new EscapeParser(in, groups);
  }

  static Node parse(String pattern) {
    var parser = new PatternParser(pattern);
    Node node = parser.alternatives();
    if (!parser.in.atEnd()) {
      throw parser.in.error("unmatched )", parser.in.index());
    }
    return node;
  }

  Options options() {
    return options;
  }

  /** Parses up to the closing parenthesis under other options, which end there. */
  Node alternatives(Options inside) {
    Options outside = options;
    options = inside;
    Node node = alternatives();
    options = outside;
    return node;
  }

  private Node alternatives() {
    if (++depth > MAX_DEPTH) {
      throw in.error("more than " + MAX_DEPTH + " groups inside each other", in.index());
    }
    var branches = new ArrayList<Node>();
    do {
      branches.add(branch());
    } while (in.take("|"));
    depth--;
    return branches.size() == 1 ? branches.getFirst() : new Alternate(List.copyOf(branches));
  }

  private Node branch() {
    var parts = new ArrayList<Node>();
    while (true) {
      groups.skipIgnored(options.extended());
      if (in.atEnd() || in.isNext("|") || in.isNext(")")) {
        return Nodes.concat(parts);
      }
      Optional<Options> changed = groups.isolatedOptions();
      if (changed.isPresent()) {
        // (?i) holds up to the end of the group and takes the alternatives that follow with it
        parts.add(new Group(alternatives(changed.get()), false));
        return Nodes.concat(parts);
      }
      parts.add(repeated(atom()));
    }
  }

  private Node repeated(Node atom) {
    Node node = atom;
    while (true) {
      groups.skipIgnored(options.extended());
      int start = in.index();
      var quantifier = Quantifier.parse(in);
      if (quantifier.isEmpty()) {
        return node;
      }
      if (Nodes.refusesRepeat(node)) {
        throw in.error("an anchor or look-around cannot be repeated", start);
      }
      node = quantifier.get().apply(node);
    }
  }

  private Node atom() {
    int start = in.index();
    if (Quantifier.parse(in).isPresent()) {
      throw in.error("nothing to repeat", start);
    }
    int c = in.next("the pattern");
    return switch (c) {
      case '(' -> groups.group(start);
      case '[' -> characterClass(start);
      case '\\' -> escapes.parse(start, options);
      case '.' -> new OneOf(options.dotMatchesNewline() ? CodePointSet.ALL : NEWLINE.complement());
      case '^' -> new Assertion(Anchor.LINE_START);
      case '$' -> new Assertion(Anchor.LINE_END);
      default -> new Literal(new int[] {c}, options.ignoreCase());
    };
  }

  private Node characterClass(int start) {
    ClassParser.Result parsed = classes.parse(start);
    if (!options.ignoreCase()) {
      return new OneOf(parsed.set());
    }
    if (parsed.negated()) {
      return new OneOf(CaseFolds.close(parsed.base()).complement());
    }
    var branches = new ArrayList<Node>();
    branches.add(new OneOf(CaseFolds.close(parsed.base())));
    branches.addAll(CaseFolds.several(parsed.base()));
    return branches.size() == 1 ? branches.getFirst() : new Alternate(List.copyOf(branches));
  }
}
