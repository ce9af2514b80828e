package io.github.modernbert.tokenizer.regex;

import io.github.modernbert.tokenizer.unicode.CodePointSet;
import java.util.Optional;

/** The escapes that mean a code point or a set of them, inside and outside of classes. */
final class CodePointEscape {
  /** The largest code point of the engine: all that four UTF-8 bytes could hold. */
  private static final int MAX_CODE = 0x1F_FFFF;

  private CodePointEscape() {}

  /** The set that the escape behind the backslash means, or nothing with the place unchanged. */
  static Optional<CodePointSet> set(PatternReader in, boolean inClass) {
    int start = in.index();
    int c = in.next("an escape");
    CodePointSet set =
        switch (c) {
          case 'w', 'W' -> Properties.word(inClass);
          case 'd', 'D' -> Properties.DIGIT;
          case 's', 'S' -> Properties.SPACE;
          case 'h', 'H' -> Properties.HEX_DIGIT;
          case 'p', 'P' -> in.take("{") ? property(in, inClass) : CodePointSet.NONE;
          default -> CodePointSet.NONE;
        };
    if (set.isEmpty() && in.index() == start + 1) {
      in.reset(start);
      return Optional.empty();
    }
    return Optional.of(c >= 'A' && c <= 'Z' ? set.complement() : set);
  }

  private static CodePointSet property(PatternReader in, boolean inClass) {
    boolean not = in.take("^");
    int start = in.index();
    while (!in.isNext("}")) {
      int c = in.next("a property");
      if (c == '(' || c == ')' || c == '{' || c == '|') {
        throw in.error("no } closes the property", start);
      }
    }
    String name = in.since(start);
    in.take("}");
    CodePointSet set =
        Properties.property(name).orElseThrow(() -> in.error("unknown property " + name, start));
    if (set.equals(Properties.WORD)) {
      set = Properties.word(inClass);
    }
    return not ? set.complement() : set;
  }

  /**
   * The code point that the escape behind the backslash means. Bytes from 0x80 on form UTF-8 with
   * those of the escapes behind them. A byte that UTF-8 never has matches nothing; in a class it
   * still orders ranges, so there its complement is given.
   */
  static int codePoint(PatternReader in, boolean inClass) {
    int start = in.index();
    int c = in.next("an escape");
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'f':
        return '\f';
      case 'v':
        return 0x0B;
      case 'a':
        return 0x07;
      case 'b':
        return 0x08;
      case 'e':
        return 0x1B;
      case 'c', 'C', 'M':
        throw in.unsupported("\\" + (char) c + " control", start);
      case 'u':
        return in.atEnd() ? c : fourDigits(in, start);
      case 'x':
        if (in.take("{")) {
          return braced(in, 16, c);
        }
        return in.atEnd() ? c : utf8(in, byteOf(in, 16, 2, inClass), inClass, start);
      case 'o':
        return in.take("{") ? braced(in, 8, c) : c;
      case '0', '1', '2', '3', '4', '5', '6', '7':
        in.reset(start);
        return utf8(in, byteOf(in, 8, 3, inClass), inClass, start);
      default:
        return c;
    }
  }

  private static int fourDigits(PatternReader in, int start) {
    long code = in.number(16, 4, "\\u");
    if (in.index() != start + 5) {
      throw in.error("\\u needs four hexadecimal digits", start);
    }
    return (int) code;
  }

  private static int braced(PatternReader in, int base, int letter) {
    int start = in.index();
    long code = in.number(base, base == 16 ? 8 : 11, "a code point");
    if (code < 0) {
      in.reset(start - 1);
      return letter;
    }
    if (in.isNext(" ") || in.isNext("\n") || in.isNext("-")) {
      throw in.unsupported("sequence of code points", start);
    }
    if (!in.take("}")) {
      throw in.error("invalid code point", start);
    }
    // the class parser allows more as the end of a range, where it means "up to the last one"
    return code > MAX_CODE ? Integer.MAX_VALUE : (int) code;
  }

  private static int byteOf(PatternReader in, int base, int digits, boolean inClass) {
    int start = in.index();
    long value = Math.max(in.number(base, digits, "a byte"), 0);
    if (value > 0xFF && inClass) {
      throw in.error("too big a number", start);
    }
    return (int) value & 0xFF;
  }

  /** The code point whose UTF-8 bytes are {@code first} and those of the escapes that follow. */
  private static int utf8(PatternReader in, int first, boolean inClass, int start) {
    if (first < 0x80) {
      return first;
    }
    int length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1;
    if (length == 1) {
      if (!inClass && first < 0xC0) {
        throw in.error("an invalid UTF-8 sequence", start);
      }
      return inClass ? ~first : MAX_CODE;
    }
    int code = first & 0x7F >> length;
    for (int i = 1; i < length; i++) {
      boolean hex = in.take("\\x");
      if (hex && in.isNext("{") || !hex && !in.take("\\")) {
        throw in.error("too short a UTF-8 sequence", start);
      }
      int next = byteOf(in, hex ? 16 : 8, hex ? 2 : 3, inClass);
      if (next >>> 6 != 2) {
        throw in.error("an invalid UTF-8 sequence", start);
      }
      code = code << 6 | next & 0x3F;
    }
    return code;
  }

  /** Refuses what {@link #codePoint} gave for a code too big to be one. */
  static int checked(PatternReader in, int codePoint, int start) {
    if (codePoint > MAX_CODE) {
      throw in.error("invalid code point", start);
    }
    return codePoint;
  }
}
