package io.github.modernbert.tokenizer.unicode;

/**
 * The four normalization forms in the Unicode version of the reference, with the changes of
 * alignment that it reports.
 *
 * <pre>{@code
 * var composed = new StringBuilder();
 * NormalizationForm.NFC.normalize(text, (codePoint, change) -> composed.appendCodePoint(codePoint));
 * }</pre>
 */
public enum NormalizationForm {
  /** Canonical decomposition, then composition. */
  NFC(false, true),
  /** Canonical decomposition. */
  NFD(false, false),
  /** Compatible decomposition, then canonical composition. */
  NFKC(true, true),
  /** Compatible decomposition. */
  NFKD(true, false);

  private final boolean compatible;
  private final boolean composed;

  NormalizationForm(boolean compatible, boolean composed) {
    this.compatible = compatible;
    this.composed = composed;
  }

  /**
   * Whether it is certain without normalizing that {@link #normalize} hands on the text as it is,
   * with no change anywhere. False when in doubt.
   */
  public boolean isNormalized(String text) {
    int end = text.length();
    int at = 0;
    char first = composed ? QuickCheck.FIRST_COMPOSED : QuickCheck.FIRST_DECOMPOSED;
    if (compatible) {
      first = QuickCheck.FIRST_COMPATIBLE;
    }
    while (at < end && text.charAt(at) < first) {
      at++;
    }
    return at == end || QuickCheck.of(this).isNormalized(text, at);
  }

  /** Hands the normalized code points of {@code text} to {@code sink}. Takes O(n log n) time. */
  public void normalize(String text, CodePointSink sink) {
    Decompositions data =
        compatible ? Decompositions.Compatible.DATA : Decompositions.Canonical.DATA;
    if (composed) {
      var composer = new Composer(sink);
      new Decomposer(data, composer).decompose(text);
      composer.finish();
    } else {
      new Decomposer(data, (codePoint, ccc, change) -> sink.accept(codePoint, change))
          .decompose(text);
    }
  }

  boolean isCompatible() {
    return compatible;
  }

  boolean isComposed() {
    return composed;
  }
}
