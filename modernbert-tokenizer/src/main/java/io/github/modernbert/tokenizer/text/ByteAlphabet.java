package io.github.modernbert.tokenizer.text;

/**
 * GPT-2's printable character for each byte: itself where printable, else one from U+0100 on, so
 * that a space is U+0120.
 */
public final class ByteAlphabet {
  /** The character that stands for a space. */
  public static final char SPACE = '\u0120';

  private static final char[] CHARACTERS = new char[256];
  private static final short[] BYTES = new short[0x144];

  static {
    java.util.Arrays.fill(BYTES, (short) -1);
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
      CHARACTERS[b] = printable ? (char) b : next++;
      BYTES[CHARACTERS[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The character of a byte, 0 to 255. */
  public static char character(int value) {
    return CHARACTERS[value];
  }

  /** The byte of a character, or −1 when it stands for none. */
  public static int value(int codePoint) {
    return codePoint < BYTES.length ? BYTES[codePoint] : -1;
  }

  /** The UTF-8 bytes of a stretch of text as characters. */
  public static String spell(String text, int from, int to) {
    var spelled = new StringBuilder(to - from + 8);
    for (int i = from, codePoint; i < to; i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      int length = Utf8.length(codePoint);
      for (int k = 0; k < length; k++) {
        spelled.append(CHARACTERS[Utf8.value(codePoint, k, length)]);
      }
    }
    return spelled.toString();
  }

  /** Replaces every character by those of its UTF-8 bytes. */
  public static NormalizedString apply(NormalizedString source) {
    String text = source.text();
    var change = new Transformation(source);
    for (int i = 0, codePoint; i < text.length(); i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      int length = Utf8.length(codePoint);
      for (int k = 0; k < length; k++) {
        change.accept(CHARACTERS[Utf8.value(codePoint, k, length)], k == 0 ? 0 : 1);
      }
    }
    return change.result();
  }
}
