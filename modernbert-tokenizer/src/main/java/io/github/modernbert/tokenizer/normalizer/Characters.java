package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Transformation;
import io.github.modernbert.tokenizer.unicode.CaseMapping;
import io.github.modernbert.tokenizer.unicode.NormalizationForm;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/** Changes of a text character by character. */
final class Characters {
  private Characters() {}

  static NormalizedString normalize(NormalizedString source, NormalizationForm form) {
    if (form.isNormalized(source.text())) {
      return source;
    }
    var change = new Transformation(source);
    form.normalize(source.text(), change);
    return change.result();
  }

  static NormalizedString lowercase(NormalizedString source) {
    var change = new Transformation(source);
    CaseMapping.toLowerCase(source.text(), change);
    return change.result();
  }

  static NormalizedString map(NormalizedString source, IntUnaryOperator mapping) {
    var change = new Transformation(source);
    source.text().codePoints().forEach(c -> change.accept(mapping.applyAsInt(c), 0));
    return change.result();
  }

  /** Drops characters; a kept one stands for itself and the dropped ones behind it. */
  static NormalizedString filter(NormalizedString source, IntPredicate keep) {
    String text = source.text();
    int first = 0;
    int removed = 0;
    while (first < text.length() && !keep.test(text.codePointAt(first))) {
      first += Character.charCount(text.codePointAt(first));
      removed++;
    }
    var change = new Transformation(source, removed);
    for (int i = first, next; i < text.length(); i = next) {
      int codePoint = text.codePointAt(i);
      next = i + Character.charCount(codePoint);
      removed = 0;
      while (next < text.length() && !keep.test(text.codePointAt(next))) {
        next += Character.charCount(text.codePointAt(next));
        removed++;
      }
      change.accept(codePoint, -removed);
    }
    return change.result();
  }
}
