package io.github.modernbert.tokenizer.normalizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.pattern.Pattern;
import io.github.modernbert.tokenizer.text.NormalizedString;
import io.github.modernbert.tokenizer.text.Replacement;

/** Replaces every match of a pattern by a text. */
public record Replace(Pattern pattern, String content) implements Normalizer {
  /** Reads the component, which is a normalizer and a decoder. */
  public static Replace read(Json json) {
    return new Replace(Pattern.read(json.get("pattern")), Fields.string(json.get("content")));
  }

  @Override
  public NormalizedString normalize(NormalizedString source) {
    var change = new Replacement(source);
    pattern.find(
        source.text(),
        0,
        source.length(),
        (start, end, isMatch) -> {
          if (isMatch) {
            change.replace(start, end, content);
          }
        });
    return change.result();
  }

  /** The text with all matches replaced. */
  public String apply(String text) {
    var replaced = new StringBuilder(text.length());
    pattern.find(
        text,
        0,
        text.length(),
        (start, end, isMatch) -> {
          if (isMatch) {
            replaced.append(content);
          } else {
            replaced.append(text, start, end);
          }
        });
    return replaced.toString();
  }
}
