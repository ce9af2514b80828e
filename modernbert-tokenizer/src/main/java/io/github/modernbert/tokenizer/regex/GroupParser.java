package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Atomic;
import io.github.modernbert.tokenizer.regex.Node.Group;
import io.github.modernbert.tokenizer.regex.Node.Look;
import java.util.Optional;

/** Parses what stands in parentheses: groups, options and comments. */
final class GroupParser {
  private final PatternReader in;
  private final PatternParser parser;
  private int captures;

  GroupParser(PatternReader in, PatternParser parser) {
    this.in = in;
    this.parser = parser;
  }

  /** The capturing groups opened so far. */
  int captures() {
    return captures;
  }

  /** Skips comments and, in extended patterns, white space. */
  void skipIgnored(boolean extended) {
    while (true) {
      if (in.take("(?#")) {
        int c;
        do {
          c = in.next("a comment");
          if (c == '\\' && !in.atEnd()) {
            in.next("a comment");
          }
        } while (c != ')');
      } else if (extended && in.take("#")) {
        while (!in.atEnd() && in.next("a comment") != '\n') {
          continue;
        }
      } else if (!extended
          || !(in.take(" ") || in.take("\t") || in.take("\n") || in.take("\r") || in.take("\f"))) {
        return;
      }
    }
  }

  /** Parses the group whose parenthesis at {@code start} is taken. */
  Node group(int start) {
    if (in.isNext("*")) {
      throw in.unsupported("(*…) callout", start);
    }
    if (!in.take("?")) {
      captures++;
      return new Group(close(parser.options(), start), true);
    }
    int kind = in.next("a group");
    return switch (kind) {
      case ':' -> close(parser.options(), start);
      case '=' -> new Look(close(parser.options(), start), false, false);
      case '!' -> new Look(close(parser.options(), start), false, true);
      case '>' -> new Atomic(close(parser.options(), start));
      case '\'' -> named('\'', start);
      case '<' -> {
        if (in.take("=")) {
          yield new Look(close(parser.options(), start), true, false);
        }
        yield in.take("!")
            ? new Look(close(parser.options(), start), true, true)
            : named('>', start);
      }
      case '~' -> throw in.unsupported("(?~…) absent group", start);
      case '{' -> throw in.unsupported("(?{…}) callout", start);
      case '(' -> throw in.unsupported("(?(…)…) conditional", start);
      default -> {
        Options inside = options(kind, parser.options(), start);
        in.take(":");
        yield new Group(close(inside, start), false);
      }
    };
  }

  /**
   * Takes options without a group, as {@code (?i)}: the options from there on, or nothing when
   * there are none here.
   */
  Optional<Options> isolatedOptions() {
    int start = in.index();
    if (in.take("(?")) {
      int kind = in.peek();
      if (kind == '-' || kind >= 'A' && kind <= 'Z' || kind >= 'a' && kind <= 'z') {
        in.next("options");
        Options changed = options(kind, parser.options(), start);
        if (in.take(")")) {
          return Optional.of(changed);
        }
      }
      in.reset(start);
    }
    return Optional.empty();
  }

  private Node named(int end, int start) {
    int nameStart = in.index();
    int c = in.next("a group's name");
    if (c >= '0' && c <= '9' || !Properties.WORD.contains(c)) {
      throw in.error("a group's name starts with a letter", nameStart);
    }
    while ((c = in.next("a group's name")) != end) {
      // the engine looks at no other character behind the first
      if (c == ')') {
        throw in.error("invalid group name", nameStart);
      }
    }
    captures++;
    return new Group(close(parser.options(), start), true);
  }

  private Node close(Options inside, int start) {
    Node body = parser.alternatives(inside);
    if (!in.take(")")) {
      throw in.error("no ) closes the group", start);
    }
    return body;
  }

  /** Parses option letters, the first of them taken, up to {@code :} or {@code )}. */
  private Options options(int first, Options before, int start) {
    Options options = before;
    boolean on = true;
    for (int letter = first; ; letter = in.next("options")) {
      switch (letter) {
        case '-' -> on = false;
        case 'i', 'm', 'x' -> options = options.with(letter, on);
        case 'W', 'D', 'S', 'P', 'y', 'C', 'I', 'L' ->
            throw in.unsupported("(?" + (char) letter + ") option", start);
        default -> throw in.error("undefined group option", start);
      }
      if (in.isNext(":") || in.isNext(")")) {
        return options;
      }
    }
  }
}
