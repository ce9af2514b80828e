package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.text.IntList;

/**
 * GPT-2's words, found in one pass without a regular expression; a test holds it against the {@link
 * #PATTERN}.
 */
final class Gpt2Words {
  /** The pattern whose matches are the pieces. */
  static final String PATTERN =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private Gpt2Words() {}

  static void cut(String text, int from, int to, IntList bounds) {
    for (int start = from, end; start < to; start = end) {
      end = end(text, start, to);
      bounds.add(start);
      bounds.add(end);
    }
  }

  private static int end(String text, int start, int to) {
    char first = text.charAt(start);
    if (first == '\'') {
      int contraction = contraction(text, start + 1, to);
      if (contraction > 0) {
        return start + 1 + contraction;
      }
    }
    int at = first == ' ' && start + 1 < to ? start + 1 : start;
    byte kind = CharacterKind.of(text.codePointAt(at));
    if (kind != CharacterKind.SPACE) {
      return run(text, at, to, kind);
    }
    int end = run(text, start, to, CharacterKind.SPACE);
    // The last space goes with the word behind it, unless there is no other.
    return end == to || end == start + 1 ? end : end - 1;
  }

  /** How many characters of a contraction follow an apostrophe. */
  private static int contraction(String text, int at, int to) {
    char first = at < to ? text.charAt(at) : 0;
    char second = at + 1 < to ? text.charAt(at + 1) : 0;
    return switch (first) {
      case 's', 't', 'm', 'd' -> 1;
      case 'r', 'v' -> second == 'e' ? 2 : 0;
      case 'l' -> second == 'l' ? 2 : 0;
      default -> 0;
    };
  }

  /** Where the characters of one kind end; white space has none beyond U+FFFF. */
  private static int run(String text, int from, int to, byte kind) {
    int at = from;
    while (at < to) {
      char c = text.charAt(at);
      if (!Character.isSurrogate(c)) {
        if (CharacterKind.of(c) != kind) {
          break;
        }
        at++;
      } else {
        if (CharacterKind.of(text.codePointAt(at)) != kind) {
          break;
        }
        at += 2;
      }
    }
    return at;
  }
}
