package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Transformation;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;

/** Drops white space at the ends of a text. */
record Strip(boolean left, boolean right) implements Normalizer {
  @Override
  public NormalizedString normalize(NormalizedString source) {
    String text = source.text();
    int from = 0;
    while (left && from < text.length() && UnicodeClass.isWhitespace(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    int to = text.length();
    while (right && to > from && UnicodeClass.isWhitespace(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    if (from == 0 && to == text.length()) {
      return source;
    }
    var change = new Transformation(source, text.codePointCount(0, from));
    for (int i = from, codePoint; i < to; i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      boolean last = i + Character.charCount(codePoint) == to;
      change.accept(codePoint, last ? -text.codePointCount(to, text.length()) : 0);
    }
    return change.result();
  }
}
