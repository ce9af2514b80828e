package io.github.modernbert.server.api;

import java.util.List;

/**
 * How much a request asks for.
 *
 * @param inputs how many texts or pairs
 * @param isBatch whether they came as a list
 * @param characters how many characters they have, or token ids
 */
public record Size(int inputs, boolean isBatch, long characters) {
  /** The size of some texts. */
  public static Size of(List<String> texts, boolean isBatch) {
    return new Size(texts.size(), isBatch, texts.stream().mapToLong(Size::characters).sum());
  }

  /** How many characters, as Unicode counts them, a text has. */
  public static long characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
