package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.regex.Node.Assertion;
import io.github.modernbert.tokenizer.regex.Node.Atomic;
import io.github.modernbert.tokenizer.regex.Node.Literal;
import io.github.modernbert.tokenizer.regex.Node.OneOf;
import io.github.modernbert.tokenizer.unicode.CodePointSet;
import java.util.List;

/** Parses what a backslash starts outside of classes. */
final class EscapeParser {
  /** The single code points that {@code \R} matches. */
  private static final CodePointSet LINE_BREAKS = CodePointSet.parse("A-D 85 2028-2029");

  /** {@code \R}. */
  static final Node LINE_BREAK =
      new Atomic(
          new Node.Alternate(
              List.of(new Literal(new int[] {'\r', '\n'}, false), new OneOf(LINE_BREAKS))));

  private final PatternReader in;
  private final GroupParser groups;

  EscapeParser(PatternReader in, GroupParser groups) {
    this.in = in;
    this.groups = groups;
  }

  /** Parses the escape whose backslash at {@code start} is taken. */
  Node parse(int start, Options options) {
    int c = in.next("an escape");
    return switch (c) {
      case 'b' -> new Assertion(Anchor.WORD_BOUNDARY);
      case 'B' -> new Assertion(Anchor.NO_WORD_BOUNDARY);
      case 'A' -> new Assertion(Anchor.TEXT_START);
      case 'z' -> new Assertion(Anchor.TEXT_END);
      case 'Z' -> new Assertion(Anchor.LAST_LINE_END);
      case 'G' -> new Assertion(Anchor.SEARCH_START);
      case 'N' -> new OneOf(CodePointSet.of('\n').complement());
      case 'O' -> new OneOf(CodePointSet.ALL);
      case 'R' -> LINE_BREAK;
      case 'K' -> throw in.unsupported("\\K", start);
      case 'X' -> throw in.unsupported("\\X", start);
      case 'y', 'Y' -> throw in.unsupported("\\y", start);
      case 'k', 'g' -> {
        if (in.isNext("<") || in.isNext("'")) {
          throw in.unsupported("\\" + (char) c + "<…> reference", start);
        }
        yield literal(c, options);
      }
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> reference(start, options);
      default -> {
        in.reset(start + 1);
        var set = CodePointEscape.set(in, false);
        yield set.isPresent() ? new OneOf(set.get()) : literal(codePoint(start), options);
      }
    };
  }

  private int codePoint(int start) {
    return CodePointEscape.checked(in, CodePointEscape.codePoint(in, false), start);
  }

  private static Node literal(int codePoint, Options options) {
    return codePoint > Character.MAX_CODE_POINT
        ? new OneOf(CodePointSet.NONE)
        : new Literal(new int[] {codePoint}, options.ignoreCase());
  }

  /** A number that refers to no group can still be an octal code. */
  private Node reference(int start, Options options) {
    in.reset(start + 1);
    long number = in.number(10, Integer.MAX_VALUE, "a reference");
    if (number <= 9 || number <= groups.captures()) {
      throw in.unsupported("\\" + number + " back-reference", start);
    }
    in.reset(start + 1);
    if (in.isNext("8") || in.isNext("9")) {
      return literal(in.next("an escape"), options);
    }
    return literal(codePoint(start), options);
  }
}
