package io.github.modernbert.tokenizer.unicode;

import java.util.List;

/**
 * The classes of characters that the reference's components ask for, each in the Unicode version
 * that the reference has there: Rust's standard library, its regex crate and the crate
 * unicode_categories are years apart.
 */
public final class UnicodeClass {
  private static final List<String> ENTRIES =
      Tables.read(UnicodeClass.class, "classes.txt").getOrDefault("", List.of());
  private static final CodePointTable WHITESPACE = table("whitespace");
  private static final CodePointTable NUMERIC = table("numeric");
  private static final CodePointTable WORD = table("word");
  private static final CodePointTable PUNCTUATION = table("punctuation");
  private static final CodePointTable CONTROL = table("control");
  private static final CodePointTable NONSPACING_MARK = table("nonspacing-mark");
  private static final CodePointTable COMBINING_MARK = table("combining-mark");

  private UnicodeClass() {}

  private static CodePointTable table(String name) {
    for (String entry : ENTRIES) {
      if (Tables.key(entry).equals(name)) {
        return new CodePointTable(CodePointSet.parse(Tables.value(entry)));
      }
    }
    throw new IllegalStateException("no class " + name);
  }

  /** White_Space (Rust's {@code char::is_whitespace}). */
  public static boolean isWhitespace(int codePoint) {
    return WHITESPACE.contains(codePoint);
  }

  /** Numbers: Nd, Nl, No (Rust's {@code char::is_numeric}), what Digits splits. */
  public static boolean isNumeric(int codePoint) {
    return NUMERIC.contains(codePoint);
  }

  /**
   * The {@code \w} of the Whitespace pre-tokenizer, which is the regex crate's and not Oniguruma's;
   * its {@code \s} is {@link #isWhitespace}.
   */
  public static boolean isWord(int codePoint) {
    return WORD.contains(codePoint);
  }

  /** Punctuation, at which Punctuation and BertPreTokenizer split: ASCII's and category P. */
  public static boolean isPunctuation(int codePoint) {
    return PUNCTUATION.contains(codePoint);
  }

  /**
   * Control characters, which BertNormalizer's clean_text drops: category C without tab, line feed
   * and carriage return. (It drops U+FFFD as well, which is none.)
   */
  public static boolean isControl(int codePoint) {
    return CONTROL.contains(codePoint);
  }

  /** Whether BertNormalizer's handle_chinese_chars puts spaces around it. */
  public static boolean isChineseChar(int codePoint) {
    return codePoint >= 0x3400
        && (codePoint <= 0x4DBF
            || codePoint >= 0x4E00 && codePoint <= 0x9FFF
            || codePoint >= 0xF900 && codePoint <= 0xFAFF
            || codePoint >= 0x20000 && codePoint <= 0x2A6DF
            || codePoint >= 0x2A700 && codePoint <= 0x2B81F
            // 2B920, not 2B820: the reference's own range
            || codePoint >= 0x2B920 && codePoint <= 0x2CEAF
            || codePoint >= 0x2F800 && codePoint <= 0x2FA1F);
  }

  /**
   * Category Mn, which BertNormalizer's strip_accents drops from the decomposed text (the answer
   * for code points that decompose is false).
   */
  public static boolean isNonspacingMark(int codePoint) {
    return NONSPACING_MARK.contains(codePoint);
  }

  /** Category M: what StripAccents drops. */
  public static boolean isCombiningMark(int codePoint) {
    return COMBINING_MARK.contains(codePoint);
  }

  /**
   * The number of the script as UnicodeScripts sees it: 0 is the one that joins any other, the
   * others only differ.
   */
  public static int script(int codePoint) {
    return Scripts.of(codePoint);
  }
}
