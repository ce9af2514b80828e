package io.github.modernbert.tokenizer.unicode;

import java.util.Arrays;

/** Recognises most normalized texts in one pass, without normalizing them. */
final class QuickCheck {
  /** Below these, every text is in the form (asserted by a test over every code point). */
  static final char FIRST_COMPOSED = 0x300;

  static final char FIRST_DECOMPOSED = 0xC0;
  static final char FIRST_COMPATIBLE = 0xA0;

  private static final int DOUBTFUL = -1;

  /** 0 for what may stand anywhere, a combining class for marks in order, or {@link #DOUBTFUL}. */
  private final CodePointMap map = new CodePointMap();

  private QuickCheck(Decompositions data, boolean composed) {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      int combiningClass = data.combiningClass(codePoint);
      boolean keeps = combiningClass >= 0 && !Hangul.isSyllable(codePoint);
      if (composed && !keeps) {
        // what decomposes canonically and composes again is as good as what never decomposes
        keeps = Hangul.isSyllable(codePoint) || recomposes(data, codePoint);
      }
      if (!keeps) {
        map.put(codePoint, DOUBTFUL);
      } else if (combiningClass > 0) {
        map.put(codePoint, combiningClass);
      }
    }
    if (composed) {
      map.putAll(Compositions.SECONDS, DOUBTFUL);
    }
  }

  private static boolean recomposes(Decompositions data, int codePoint) {
    int[] canonical =
        Decompositions.Canonical.DATA.combiningClass(codePoint) < 0
            ? Decompositions.Canonical.DATA.decomposition(
                Decompositions.Canonical.DATA.combiningClass(codePoint))
            : new int[0];
    int[] parts = data.decomposition(data.combiningClass(codePoint));
    return Compositions.RESULTS.contains(codePoint) && Arrays.equals(canonical, parts);
  }

  /** The check for a form, made when first needed. */
  static QuickCheck of(NormalizationForm form) {
    if (form.isCompatible()) {
      return form.isComposed() ? Nfkc.CHECK : Nfkd.CHECK;
    }
    return form.isComposed() ? Nfc.CHECK : Nfd.CHECK;
  }

  /** Whether the text from {@code at}, which no mark precedes, is certainly normalized. */
  boolean isNormalized(String text, int at) {
    int last = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      int combiningClass = map.get(codePoint);
      if (combiningClass == DOUBTFUL || combiningClass != 0 && combiningClass < last) {
        return false;
      }
      last = combiningClass;
    }
    return true;
  }

  private static final class Nfc {
    static final QuickCheck CHECK = new QuickCheck(Decompositions.Canonical.DATA, true);
  }

  private static final class Nfd {
    static final QuickCheck CHECK = new QuickCheck(Decompositions.Canonical.DATA, false);
  }

  private static final class Nfkc {
    static final QuickCheck CHECK = new QuickCheck(Decompositions.Compatible.DATA, true);
  }

  private static final class Nfkd {
    static final QuickCheck CHECK = new QuickCheck(Decompositions.Compatible.DATA, false);
  }
}
