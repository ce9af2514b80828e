package io.github.modernbert.tokenizer.unicode;

/** The four Unicode normalization forms. */
public enum NormalizationForm {
  NFC,
  NFD,
  NFKC,
  NFKD;

  /** Whether {@link #normalize} would hand on the text as it is, with no change at any place. */
  public boolean isNormalized(String text) {
    throw new UnsupportedOperationException();
  }

  /** Hands the normalized code points of {@code text} to {@code sink}. */
  public void normalize(String text, CodePointSink sink) {
    throw new UnsupportedOperationException();
  }
}
