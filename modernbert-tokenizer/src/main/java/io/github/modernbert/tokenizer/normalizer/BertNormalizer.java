package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Transformation;
import io.github.modernbert.tokenizer.unicode.NormalizationForm;
import io.github.modernbert.tokenizer.unicode.UnicodeClass;

/** BERT's cleaning, spaces around CJK characters, accents and case. */
record BertNormalizer(
    boolean cleanText, boolean handleChineseChars, boolean stripAccents, boolean lowercase)
    implements Normalizer {
  static BertNormalizer read(Json json) {
    boolean lowercase = json.get("lowercase").bool();
    return new BertNormalizer(
        json.get("clean_text").bool(),
        json.get("handle_chinese_chars").bool(),
        json.find("strip_accents").map(Json::bool).orElse(lowercase),
        lowercase);
  }

  @Override
  public NormalizedString normalize(NormalizedString source) {
    NormalizedString text = source;
    if (cleanText) {
      text = Characters.filter(text, c -> c != 0 && c != 0xFFFD && !UnicodeClass.isControl(c));
      text = Characters.map(text, c -> UnicodeClass.isWhitespace(c) ? ' ' : c);
    }
    if (handleChineseChars) {
      text = spaceOut(text);
    }
    if (stripAccents) {
      text = Characters.normalize(text, NormalizationForm.NFD);
      text = Characters.filter(text, c -> !UnicodeClass.isNonspacingMark(c));
    }
    return lowercase ? Characters.lowercase(text) : text;
  }

  private static NormalizedString spaceOut(NormalizedString source) {
    var change = new Transformation(source);
    source
        .text()
        .codePoints()
        .forEach(c -> {
          if (UnicodeClass.isChineseChar(c)) {
            change.accept(' ', 0);
            change.accept(c, 1);
            change.accept(' ', 1);
          } else {
            change.accept(c, 0);
          }
        });
    return change.result();
  }
}
