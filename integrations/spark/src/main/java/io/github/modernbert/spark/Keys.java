package io.github.modernbert.spark;

import io.github.modernbert.Aggregation;
import io.github.modernbert.ScoreFunction;
import java.util.Arrays;
import java.util.Locale;

/** The names that parameters have for the library's choices: those of the enums, in lower case. */
final class Keys {
  private Keys() {}

  static String of(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  static Aggregation aggregation(String key) {
    return parse("aggregation", key, Aggregation.values());
  }

  static ScoreFunction scoreFunction(String key) {
    return parse("scoreFunction", key, ScoreFunction.values());
  }

  private static <E extends Enum<E>> E parse(String param, String key, E[] choices) {
    return Arrays.stream(choices)
        .filter(choice -> of(choice).equals(key))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s must be one of %s, found '%s'"
                    .formatted(param, Arrays.stream(choices).map(Keys::of).toList(), key)));
  }
}
