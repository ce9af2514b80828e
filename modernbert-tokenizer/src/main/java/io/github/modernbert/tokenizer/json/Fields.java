package io.github.modernbert.tokenizer.json;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.text.Utf8;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads JSON values as strictly as the reference's parser: {@code 3.0} is no integer, and strings
 * have no lone surrogates.
 */
public final class Fields {
  private static final String LARGEST = Integer.toString(Integer.MAX_VALUE);

  /** The description of a value that {@link #natural} takes, for messages. */
  static final String NATURAL = "an integer from 0 to " + LARGEST;

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
    if (!isNatural(digits)) {
      throw json.mismatch(NATURAL);
    }
    return Integer.parseInt(digits);
  }

  /** An integer of at least 0, written as one; larger ones than 2^31 − 1 count as that. */
  public static int naturalOrMore(Json json) {
    String digits = json.isNumber() ? json.toString() : "";
    if (!isDigits(digits)) {
      throw json.mismatch("an integer from 0 on");
    }
    return isNatural(digits) ? Integer.parseInt(digits) : Integer.MAX_VALUE;
  }

  static boolean isNatural(String digits) {
    int length = digits.length();
    return isDigits(digits)
        && (length < LARGEST.length()
            || length == LARGEST.length() && digits.compareTo(LARGEST) <= 0);
  }

  private static boolean isDigits(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return false;
      }
    }
    return !digits.isEmpty();
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

  /** An exception about the member of an object that holds a table, which {@link Json} lacks. */
  public static ModelFileException error(Json object, String member, String problem) {
    return new ModelFileException(object.file(), object.path() + "." + member + ": " + problem);
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
