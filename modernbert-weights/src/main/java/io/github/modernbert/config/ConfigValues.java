package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads keys of a configuration as the reference does: an absent key has its default, {@code null}
 * is an error wherever {@code null} has no meaning.
 */
record ConfigValues(Json json) {

  int integer(String key, int otherwise, int smallest, int largest) {
    return json.member(key).map(value -> value.integer(smallest, largest)).orElse(otherwise);
  }

  boolean bool(String key, boolean otherwise) {
    return json.member(key).map(Json::bool).orElse(otherwise);
  }

  /** An id, of which null says that there is none. */
  OptionalInt id(String key, int otherwise) {
    Optional<Json> value = json.member(key);
    if (value.isEmpty()) {
      return OptionalInt.of(otherwise);
    }
    return value.get().isNull() ? OptionalInt.empty() : OptionalInt.of(value.get().integer());
  }

  ActivationFunction activation(String key) {
    return json.member(key).map(ActivationFunction::named).orElse(ActivationFunction.GELU);
  }
}
