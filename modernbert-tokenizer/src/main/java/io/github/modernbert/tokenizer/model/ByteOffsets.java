package io.github.modernbert.tokenizer.model;

import io.github.modernbert.tokenizer.text.IntList;
import io.github.modernbert.tokenizer.text.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * UTF-16 indices for byte offsets into the caller's text. Only needed where byte fallback makes
 * more tokens than a word has bytes, because it spells the affixes out: the reference then takes
 * the offsets inside the word for offsets into the text.
 */
final class ByteOffsets {
  private final String text;
  private int @Nullable [] units;

  ByteOffsets(String text) {
    this.text = text;
  }

  int start(int startByte) {
    int[] table = units();
    return startByte < table.length ? table[startByte] : startByte;
  }

  int end(int startByte, int endByte) {
    int[] table = units();
    if (startByte >= table.length) {
      return endByte;
    }
    if (endByte <= table.length) {
      return endByte < table.length ? table[endByte] : text.length();
    }
    // Beyond the text the reference says two characters from the start.
    int at = table[startByte];
    for (int n = 0; n < 2; n++) {
      at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 1;
    }
    return at;
  }

  private int[] units() {
    if (units == null) {
      var table = new IntList(2 * text.length());
      for (int i = 0, codePoint; i < text.length(); i += Character.charCount(codePoint)) {
        codePoint = text.codePointAt(i);
        for (int k = 0; k < Utf8.length(codePoint); k++) {
          table.add(i);
        }
      }
      units = table.toArray();
    }
    return units;
  }
}
