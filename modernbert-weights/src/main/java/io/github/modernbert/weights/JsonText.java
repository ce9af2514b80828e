package io.github.modernbert.weights;

import java.util.Locale;

/** Strings as JSON text, for the header that {@link SafetensorsWriter} writes. */
final class JsonText {
  private JsonText() {}

  /**
   * The text in quotes, escaped.
   *
   * @throws IllegalArgumentException if it holds a lone surrogate, which UTF-8 cannot express
   */
  static String quoted(String text) {
    var json = new StringBuilder(text.length() + 2).append('"');
    text.codePoints()
        .forEach(c -> {
          if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw new IllegalArgumentException("lone surrogate in \"" + text + "\"");
          } else if (c < ' ') {
            json.append(String.format(Locale.ROOT, "\\u%04x", c));
          } else if (c == '"' || c == '\\') {
            json.append('\\').append((char) c);
          } else {
            json.appendCodePoint(c);
          }
        });
    return json.append('"').toString();
  }
}
