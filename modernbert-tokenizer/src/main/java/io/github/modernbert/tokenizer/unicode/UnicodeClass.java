package io.github.modernbert.tokenizer.unicode;

/** Classes of characters that the reference's components ask for. */
public final class UnicodeClass {
  private UnicodeClass() {}

  /** White_Space (Rust's {@code char::is_whitespace}). */
  public static boolean isWhitespace(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** Numbers Nd, Nl, No (Rust's {@code char::is_numeric}): what Digits splits. */
  public static boolean isNumeric(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** The {@code \w} of the Whitespace pre-tokenizer (Rust's regex crate, not Oniguruma). */
  public static boolean isWord(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** Punctuation and BertPreTokenizer: ASCII punctuation or category P. */
  public static boolean isPunctuation(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** Category C but not tab, line feed or carriage return: what BertNormalizer cleans away. */
  public static boolean isControl(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** The blocks of BertNormalizer's handle_chinese_chars. */
  public static boolean isChineseChar(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** Category Mn: what BertNormalizer's strip_accents drops after NFD. */
  public static boolean isNonspacingMark(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** Category M: what StripAccents drops. */
  public static boolean isCombiningMark(int codePoint) {
    throw new UnsupportedOperationException();
  }

  /** The number of the script as UnicodeScripts sees it; 0 joins any script. */
  public static int script(int codePoint) {
    throw new UnsupportedOperationException();
  }
}
