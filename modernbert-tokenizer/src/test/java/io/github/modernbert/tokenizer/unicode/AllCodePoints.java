package io.github.modernbert.tokenizer.unicode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The text of all code points without surrogates, ascending, as the digests were made of. */
public final class AllCodePoints {
  /** The whole text. */
  public static final String TEXT =
      codePoints()
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();

  /** For a kind of code points that no piece has. */
  public static final int DROPPED = -1;

  private static final int BMP = 0x10000 - 0x800;

  private AllCodePoints() {}

  /** The code points of the text. */
  public static IntStream codePoints() {
    return IntStream.rangeClosed(0, Character.MAX_CODE_POINT).filter(c -> c < 0xD800 || c > 0xDFFF);
  }

  /** The number of code points before a UTF-16 index of the text. */
  public static int count(int index) {
    return index <= BMP ? index : BMP + (index - BMP) / 2;
  }

  /** The digest of the ends of the pieces that have one kind each. */
  static String pieces(IntUnaryOperator kindOf) {
    var ends = new StringBuilder();
    int last = DROPPED;
    int at = 0;
    for (int codePoint : codePoints().toArray()) {
      int kind = kindOf.applyAsInt(codePoint);
      if (kind != last && last != DROPPED) {
        ends.append(at).append(' ');
      }
      last = kind;
      at++;
    }
    if (last != DROPPED) {
      ends.append(at).append(' ');
    }
    return digest(ends.toString().strip());
  }

  /** The SHA-256 of a text in UTF-8. */
  public static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
