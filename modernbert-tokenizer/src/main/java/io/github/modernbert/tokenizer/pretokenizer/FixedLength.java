package io.github.modernbert.tokenizer.pretokenizer;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.json.Fields;
import io.github.modernbert.tokenizer.text.IntList;

/** Pieces of so many characters, the last one shorter. */
record FixedLength(int length) implements PreTokenizer, PreTokenizedString.Cutter {
  private static final int DEFAULT_LENGTH = 5;

  static FixedLength read(Json json) {
    int length = json.member("length").map(Fields::natural).orElse(DEFAULT_LENGTH);
    if (length == 0) {
      throw json.get("length").mismatch("at least 1");
    }
    return new FixedLength(length);
  }

  @Override
  public void preTokenize(PreTokenizedString text) {
    text.cut(this);
  }

  @Override
  public void cut(String text, int from, int to, IntList bounds) {
    for (int start = from, end; start < to; start = end) {
      end = start;
      for (int n = 0; n < length && end < to; n++) {
        end += Character.charCount(text.codePointAt(end));
      }
      bounds.add(start);
      bounds.add(end);
    }
  }
}
