package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.tokenizer.text.IntList;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;

/** Pieces of characters of one kind. */
final class Runs {
  private static final int ANY_SCRIPT = 0;

  private Runs() {}

  /** Whitespace: runs of word characters and runs of anything else but white space. */
  static void words(String text, int from, int to, IntList bounds) {
    int start = from;
    int kind = 0;
    for (int i = from, codePoint; i < to; i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      int next = UnicodeClass.isWord(codePoint) ? 1 : UnicodeClass.isWhitespace(codePoint) ? 0 : 2;
      if (next != kind) {
        add(bounds, kind, start, i);
        start = i;
        kind = next;
      }
    }
    add(bounds, kind, start, to);
  }

  private static void add(IntList bounds, int kind, int start, int end) {
    if (kind != 0 && start < end) {
      bounds.add(start);
      bounds.add(end);
    }
  }

  /** UnicodeScripts; like the reference it drops what stands before the first script. */
  static void scripts(String text, int from, int to, IntList bounds) {
    int start = -1;
    int last = -1;
    for (int i = from, codePoint; i < to; i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      int script = UnicodeClass.script(codePoint);
      if (script != ANY_SCRIPT && script != last) {
        if (start >= 0) {
          bounds.add(start);
          bounds.add(i);
        }
        start = i;
        last = script;
      }
    }
    if (start >= 0) {
      bounds.add(start);
      bounds.add(to);
    }
  }
}
