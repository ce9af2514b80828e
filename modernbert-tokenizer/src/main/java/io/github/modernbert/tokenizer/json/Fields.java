package io.github.modernbert.tokenizer.json;

import io.github.modernbert.files.Json;
import io.github.modernbert.tokenizer.text.Utf8;
import java.util.Arrays;
import java.util.Optional;

/**
 * Values as the reference's parser wants them: no {@code 3.0} for an integer, no half characters.
 */
public final class Fields {
  private static final String LARGEST = Integer.toString(Integer.MAX_VALUE);

  private Fields() {}

  /** A string without lone surrogates. */
  public static String string(Json json) {
    String string = json.string();
    if (Utf8.loneSurrogate(string, 0) >= 0) {
      throw json.error("holds half of a surrogate pair");
    }
    return string;
  }

  /** An integer from 0 to 2^31 − 1, written as one. */
  public static int natural(Json json) {
    String digits = json.isNumber() ? json.toString() : "";
    boolean fits =
        digits.length() < 10 || (digits.length() == 10 && digits.compareTo(LARGEST) <= 0);
    if (digits.isEmpty() || !fits || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw json.mismatch("an integer from 0 to " + LARGEST);
    }
    return Integer.parseInt(digits);
  }

  /** A string of one character. */
  public static int codePoint(Json json) {
    String string = string(json);
    if (string.isEmpty() || string.codePointCount(0, string.length()) != 1) {
      throw json.mismatch("a string of one character");
    }
    return string.codePointAt(0);
  }

  /** A string that names one of the constants. */
  public static <E extends Enum<E>> E constant(Json json, E[] constants) {
    String name = string(json);
    return Arrays.stream(constants)
        .filter(constant -> constant.name().equals(name))
        .findFirst()
        .orElseThrow(() -> json.mismatch("one of " + Arrays.toString(constants)));
  }

  /** The value of {@code "type"}, empty when there is none. */
  public static Optional<String> type(Json component) {
    return component.member("type").map(Fields::string);
  }

  /** A flag that may be missing or null. */
  public static boolean flag(Json object, String key, boolean absent) {
    return object.find(key).map(Json::bool).orElse(absent);
  }
}
