package io.github.modernbert.springai.autoconfigure;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Checks of property values, whose failures Spring Boot reports with the name of the property. */
final class PropertyValues {
  private PropertyValues() {}

  /**
   * Options with the value of a property that is a number from 1.
   *
   * @param value the value; null if the property is not set, and the options stay as they are
   * @param property the full name of the property
   * @param set makes options with the value
   * @throws InvalidConfigurationPropertyValueException if the value is less than 1, or the options
   *     do not take it
   */
  static <O> O positive(
      O options, @Nullable Integer value, String property, BiFunction<O, Integer, O> set) {
    if (value == null) {
      return options;
    }
    if (value < 1) {
      throw new InvalidConfigurationPropertyValueException(property, value, "must be at least 1");
    }
    try {
      return set.apply(options, value);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationPropertyValueException(property, value, e.getMessage(), e);
    }
  }

  /**
   * The same for options of a call, which must also fit the model.
   *
   * @param check calls the model without any input; refuses options that do not fit it
   * @throws InvalidConfigurationPropertyValueException if the value is less than 1, or does not fit
   */
  static <O> O fitting(
      O options,
      @Nullable Integer value,
      String property,
      BiFunction<O, Integer, O> set,
      Consumer<O> check) {
    return positive(
        options,
        value,
        property,
        (given, number) -> {
          O changed = set.apply(given, number);
          check.accept(changed);
          return changed;
        });
  }

  /**
   * Loads a model.
   *
   * @param properties those that the model is loaded with
   * @throws InvalidConfigurationPropertyValueException if the kernels that the properties name
   *     cannot run here
   */
  static <M> M loaded(ModernBertProperties properties, Supplier<M> load) {
    try {
      return load.get();
    } catch (UnsupportedOperationException e) {
      throw new InvalidConfigurationPropertyValueException(
          "spring.ai.modernbert.kernels", properties.kernels().key(), e.getMessage(), e);
    }
  }
}
