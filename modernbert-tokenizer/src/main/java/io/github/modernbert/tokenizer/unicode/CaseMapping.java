package io.github.modernbert.tokenizer.unicode;

/** Lower case, one code point at a time: no context, no language. */
public final class CaseMapping {
  private CaseMapping() {}

  /** Hands the lower case of every code point of {@code text} to {@code sink}. */
  public static void toLowerCase(String text, CodePointSink sink) {
    throw new UnsupportedOperationException();
  }
}
