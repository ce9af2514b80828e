package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads the RoPE settings of one kind of layers: {@code rope_parameters} nested by layer type (new
 * generation), {@code global_rope_theta} and {@code local_rope_theta} (old generation) where it has
 * no theta, and the legacy {@code rope_scaling}, which overrides both kinds key by key.
 */
final class RopeReader {
  private static final double DEFAULT_GLOBAL_THETA = 160_000;
  private static final double DEFAULT_LOCAL_THETA = 10_000;

  private final Json config;
  private final int maxPositionEmbeddings;

  /** Reads from a whole {@code config.json}. */
  RopeReader(Json config, int maxPositionEmbeddings) {
    this.config = config;
    this.maxPositionEmbeddings = maxPositionEmbeddings;
    config.find("rope_parameters").ifPresent(RopeReader::requireNested);
  }

  private static void requireNested(Json parameters) {
    parameters
        .members()
        .forEach((key, value) -> {
          if (Arrays.stream(LayerType.values()).noneMatch(type -> type.key().equals(key))) {
            throw value.error(
                "expected rope_parameters to hold full_attention and sliding_attention, found"
                    + " this key");
          }
        });
  }

  RopeSettings read(LayerType layerType) {
    Map<String, Json> keys = keys(layerType);
    double theta = theta(layerType, keys);
    Json type = keys.getOrDefault("rope_type", keys.get("type"));
    if (type == null) {
      return new RopeSettings.Default(theta);
    }
    return switch (type.string()) {
      case "default" -> new RopeSettings.Default(theta);
      case "linear" -> {
        requireWholeHead(keys);
        yield new RopeSettings.Linear(theta, positive(keys, "factor"));
      }
      case "yarn" -> yarn(theta, keys);
      case "llama3" -> llama3(theta, keys);
      default -> throw type.mismatch("rope_type default, linear, yarn or llama3");
    };
  }

  /** The parameters of the layer type, overridden by the legacy ones. */
  private Map<String, Json> keys(LayerType layerType) {
    Map<String, Json> keys = new LinkedHashMap<>();
    Optional<Json> scaling = config.find("rope_scaling");
    Optional<Json> nested =
        config.find("rope_parameters").flatMap(parameters -> parameters.member(layerType.key()));
    nested.ifPresent(parameters -> keys.putAll(parameters.members()));
    scaling.ifPresent(parameters -> keys.putAll(parameters.members()));
    if (nested.isEmpty()) {
      // The reference then starts from {"rope_type": "default"}: the even older "type" is ignored.
      keys.remove("type");
    }
    return keys;
  }

  private double theta(LayerType layerType, Map<String, Json> keys) {
    Json own = keys.get("rope_theta");
    if (own != null) {
      return positive(own);
    }
    if (layerType == LayerType.FULL_ATTENTION) {
      return config.member("global_rope_theta").map(this::positive).orElse(DEFAULT_GLOBAL_THETA);
    }
    Optional<Json> local = config.member("local_rope_theta");
    if (local.isPresent() && local.get().isNull()) {
      return theta(LayerType.FULL_ATTENTION, keys(LayerType.FULL_ATTENTION));
    }
    return local.map(this::positive).orElse(DEFAULT_LOCAL_THETA);
  }

  private RopeSettings yarn(double theta, Map<String, Json> keys) {
    requireWholeHead(keys);
    if (theta == 1) {
      throw config.error("rope_theta is 1, yarn needs another: it divides by its logarithm");
    }
    double original = original(keys);
    Json given = required(keys, "factor");
    double factor = given.isNull() ? maxPositionEmbeddings / original : positive(given);
    double attentionFactor =
        number(keys, "attention_factor")
            .orElseGet(() ->
                RopeSettings.Yarn.attentionFactor(
                    factor, number(keys, "mscale"), number(keys, "mscale_all_dim")));
    return new RopeSettings.Yarn(
        theta,
        factor,
        attentionFactor,
        beta(keys, "beta_fast", 32),
        beta(keys, "beta_slow", 1),
        original);
  }

  private RopeSettings llama3(double theta, Map<String, Json> keys) {
    requireWholeHead(keys);
    double low = positive(keys, "low_freq_factor");
    double high = positive(keys, "high_freq_factor");
    if (high <= low) {
      throw required(keys, "high_freq_factor").mismatch("more than low_freq_factor, " + low);
    }
    return new RopeSettings.Llama3(theta, positive(keys, "factor"), low, high, original(keys));
  }

  private double original(Map<String, Json> keys) {
    Json original = keys.get("original_max_position_embeddings");
    return original == null ? maxPositionEmbeddings : positive(original);
  }

  /** As in the reference 0 and null stand for the default. */
  private double beta(Map<String, Json> keys, String key, double otherwise) {
    return number(keys, key).stream().filter(value -> value != 0).findAny().orElse(otherwise);
  }

  private static OptionalDouble number(Map<String, Json> keys, String key) {
    Json value = keys.get(key);
    return value == null || value.isNull()
        ? OptionalDouble.empty()
        : OptionalDouble.of(finite(value));
  }

  private double positive(Map<String, Json> keys, String key) {
    return positive(required(keys, key));
  }

  private Json required(Map<String, Json> keys, String key) {
    Json value = keys.get(key);
    if (value == null) {
      throw config.error("rope parameter '" + key + "' is missing in " + keys);
    }
    return value;
  }

  private double positive(Json value) {
    if (!((float) finite(value) > 0)) {
      throw value.mismatch("a number above 0");
    }
    return value.number();
  }

  private static double finite(Json value) {
    if (!Float.isFinite((float) value.number())) {
      throw value.mismatch("a number in the range of float32");
    }
    return value.number();
  }

  /** The reference cannot run a model that rotates a part of the head. */
  private static void requireWholeHead(Map<String, Json> keys) {
    Json part = keys.get("partial_rotary_factor");
    if (part != null && !part.isNull() && part.number() != 1) {
      throw part.mismatch("1: ModernBERT rotates whole heads");
    }
  }
}
