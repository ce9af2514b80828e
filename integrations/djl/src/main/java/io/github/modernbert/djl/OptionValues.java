package io.github.modernbert.djl;

import io.github.modernbert.TaskOptions;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * DJL's options of loading or arguments of a translator, by name: values as such, or as strings.
 *
 * @param values of those that are not known here nothing is made, since DJL adds some of its own
 */
record OptionValues(Map<String, ?> values) {
  static OptionValues of(@Nullable Map<String, ?> values) {
    return new OptionValues(values == null ? Map.of() : values);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(Object::toString);
  }

  /** A whole number; numbers that came through JSON may be written as 3.0. */
  Optional<Integer> integer(String name) {
    return text(name)
        .map(value -> {
          try {
            return new BigDecimal(value.strip()).intValueExact();
          } catch (ArithmeticException | NumberFormatException e) {
            throw mistake(name, "a whole number", value, e);
          }
        });
  }

  Optional<Boolean> flag(String name) {
    return text(name)
        .map(value ->
            switch (value.strip().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw mistake(name, "true or false", value, null);
            });
  }

  /** One of an enum's constants, in any case. */
  <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) {
    return text(name)
        .map(value -> {
          try {
            return Enum.valueOf(type, value.strip().toUpperCase(Locale.ROOT));
          } catch (IllegalArgumentException e) {
            String known =
                String.join(
                    ", ",
                    Arrays.stream(type.getEnumConstants())
                        .map(c -> c.name().toLowerCase(Locale.ROOT))
                        .toList());
            throw mistake(name, "one of " + known, value, e);
          }
        });
  }

  /**
   * How texts are read: {@code maxLength} and {@code truncation}, as DJL's tokenizers have them.
   */
  <O extends TaskOptions<O>> O reading(O options) {
    O result = with(options, integer("maxLength"), (o, tokens) -> o.maxLength(tokens));
    Optional<String> truncation = text("truncation").map(t -> t.strip().toLowerCase(Locale.ROOT));
    boolean refuse =
        truncation.filter(t -> t.equals("false") || t.equals("do_not_truncate")).isPresent();
    return refuse ? result.truncate(false) : result;
  }

  /** The options with a value, if there is one. */
  static <O, V> O with(O options, Optional<V> value, BiFunction<O, V, O> setter) {
    return value.isPresent() ? setter.apply(options, value.get()) : options;
  }

  private static IllegalArgumentException mistake(
      String name, String expected, String found, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "%s: expected %s, found '%s'".formatted(name, expected, found), cause);
  }
}
