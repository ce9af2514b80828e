package io.github.modernbert.tokenizer.decoder;

import io.github.modernbert.tokenizer.text.ByteAlphabet;
import io.github.modernbert.tokenizer.text.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Decoders of tokens that stand for bytes. */
final class ByteDecoders {
  private static final int NO_BYTE = -1;
  private static final String BYTE_TOKEN_START = "<0x";
  private static final int BYTE_TOKEN_LENGTH = 6;

  private ByteDecoders() {}

  /** ByteLevel: tokens in the byte alphabet; one that has another character is taken as text. */
  static List<String> decode(List<String> tokens) {
    var bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      if (token.chars().allMatch(c -> ByteAlphabet.value(c) >= 0)) {
        token.chars().forEach(c -> bytes.write(ByteAlphabet.value(c)));
      } else {
        bytes.writeBytes(token.getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.of(Utf8.decode(bytes.toByteArray(), bytes.size()));
  }

  /** ByteFallback: runs of tokens like {@code <0x0A>} become text, or U+FFFD for each. */
  static List<String> fallBack(List<String> tokens) {
    var texts = new ArrayList<String>(tokens.size());
    var run = new ByteArrayOutputStream();
    for (String token : tokens) {
      int value = byteOf(token);
      if (value == NO_BYTE) {
        flush(run, texts);
        texts.add(token);
      } else {
        run.write(value);
      }
    }
    flush(run, texts);
    return texts;
  }

  private static void flush(ByteArrayOutputStream run, List<String> texts) {
    if (run.size() > 0) {
      Utf8.decodeStrict(run.toByteArray())
          .ifPresentOrElse(
              texts::add, () -> texts.addAll(Collections.nCopies(run.size(), "\uFFFD")));
      run.reset();
    }
  }

  /** The byte of a token of six bytes; as in Rust, one of the digits may be a plus sign. */
  private static int byteOf(String token) {
    if (token.length() != BYTE_TOKEN_LENGTH
        || !token.startsWith(BYTE_TOKEN_START)
        || !token.endsWith(">")) {
      return NO_BYTE;
    }
    int high = hexDigit(token.charAt(3));
    int low = hexDigit(token.charAt(4));
    if (low < 0 || (high < 0 && token.charAt(3) != '+')) {
      return NO_BYTE;
    }
    return high < 0 ? low : high << 4 | low;
  }

  private static int hexDigit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
