package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The prompts of a model, texts that are put before its inputs, by name.
 *
 * @param byName in the order of the file; {@code query} and {@code document} always exist, empty
 *     unless the file sets them
 * @param defaultName the one that applies where none is chosen, a key of byName
 */
public record Prompts(Map<String, String> byName, Optional<String> defaultName) {
  /** The prompts of a model without a file: empty ones for queries and documents. */
  static final Prompts NONE = new Prompts(withUsual(new LinkedHashMap<>()), Optional.empty());

  /** Copies the map. */
  public Prompts {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  static Prompts read(Json json) {
    Map<String, String> byName = new LinkedHashMap<>();
    json.member("prompts")
        .map(Json::members)
        .orElse(Map.of())
        .forEach((name, text) -> byName.put(name, text.isNull() ? "" : text.string()));
    withUsual(byName);
    Optional<Json> defaultName = json.find("default_prompt_name");
    defaultName
        .filter(name -> !byName.containsKey(name.string()))
        .ifPresent(name -> {
          throw name.mismatch("one of the prompts " + byName.keySet());
        });
    return new Prompts(byName, defaultName.map(Json::string));
  }

  private static Map<String, String> withUsual(Map<String, String> byName) {
    byName.putIfAbsent("query", "");
    byName.putIfAbsent("document", "");
    return byName;
  }
}
