package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Reads {@code config.json} of either generation; the defaults are those of the reference. */
final class ModernBertConfigReader {
  /** Architectures that people may take for this one, and why they are refused. */
  private static final Map<String, String> RELATIVES =
      Map.of(
          "modernbert-decoder",
          ": this one is causal, its tokens see only those before them, while the library computes"
              + " encoders; there may be an encoder of the same name",
          "GLiClass",
          ": its head compares a text with labels in a way of its own; models for zero-shot"
              + " classification by entailment can be used instead");

  /** Far above any model, low enough that no product of sizes overflows. */
  private static final int MAX_SIZE = 1 << 24;

  private static final int MAX_LAYERS = 10_000;
  private static final String MODEL_TYPE = "modernbert";

  private final Json json;
  private final ConfigValues values;

  ModernBertConfigReader(Json json) {
    this.json = json;
    this.values = new ConfigValues(json);
    requireModelType();
  }

  List<String> architectures() {
    return json
        .find("architectures")
        .filter(Json::isArray)
        .map(Json::items)
        .orElse(List.of())
        .stream()
        .filter(Json::isString)
        .map(Json::string)
        .toList();
  }

  int vocabSize() {
    return values.integer("vocab_size", 50368, 1, Integer.MAX_VALUE);
  }

  int hiddenSize() {
    return values.integer("hidden_size", 768, 1, MAX_SIZE);
  }

  int intermediateSize() {
    return values.integer("intermediate_size", 1152, 1, MAX_SIZE);
  }

  int maxPositionEmbeddings() {
    return values.integer("max_position_embeddings", 8192, 1, Integer.MAX_VALUE);
  }

  boolean bool(String key, boolean otherwise) {
    return values.bool(key, otherwise);
  }

  ActivationFunction activation(String key) {
    return values.activation(key);
  }

  ClassifierPooling classifierPooling() {
    return json.member("classifier_pooling")
        .map(value -> value.constant(ClassifierPooling.values()))
        .orElse(ClassifierPooling.CLS);
  }

  List<String> labels() {
    return ClassifierOutputs.labels(json);
  }

  Optional<ProblemType> problemType() {
    return ClassifierOutputs.problemType(json);
  }

  private void requireModelType() {
    Json type = json.get("model_type");
    if (!type.string().equals(MODEL_TYPE)) {
      String reason = RELATIVES.getOrDefault(type.string(), "");
      throw json.error(
          "model of another architecture: found %s, need %s%s"
              .formatted(type.string(), MODEL_TYPE, reason));
    }
  }

  int numAttentionHeads(int hiddenSize) {
    int heads = values.integer("num_attention_heads", 12, 1, MAX_SIZE);
    if (hiddenSize % heads != 0) {
      throw json.error(
          "num_attention_heads: %d does not divide hidden_size %d".formatted(heads, hiddenSize));
    }
    int headDim = hiddenSize / heads;
    if (headDim % 2 != 0) {
      throw json.error(
          "num_attention_heads: %d of hidden_size %d make heads of %d, RoPE needs an even size"
              .formatted(heads, hiddenSize, headDim));
    }
    json.find("head_dim")
        .filter(value -> value.integer() != headDim)
        .ifPresent(value -> {
          throw value.mismatch("hidden_size / num_attention_heads = " + headDim);
        });
    return heads;
  }

  List<LayerType> layerTypes() {
    int layers = values.integer("num_hidden_layers", 22, 1, MAX_LAYERS);
    Optional<Json> listed = json.find("layer_types");
    if (listed.isEmpty()) {
      int every = values.integer("global_attn_every_n_layers", 3, 1, Integer.MAX_VALUE);
      return IntStream.range(0, layers)
          .mapToObj(i -> i % every == 0 ? LayerType.FULL_ATTENTION : LayerType.SLIDING_ATTENTION)
          .toList();
    }
    List<LayerType> types =
        listed.get().items().stream().map(ModernBertConfigReader::layerType).toList();
    if (types.size() != layers) {
      throw listed
          .get()
          .error(
              "expected %d, as num_hidden_layers says, found %d".formatted(layers, types.size()));
    }
    return types;
  }

  private static LayerType layerType(Json value) {
    return switch (value.string()) {
      // "attention" is an older name that the reference still maps.
      case "full_attention", "attention" -> LayerType.FULL_ATTENTION;
      case "sliding_attention" -> LayerType.SLIDING_ATTENTION;
      default -> throw value.mismatch("full_attention or sliding_attention");
    };
  }

  /** {@code sliding_window}, the reach on one side, wins: the reference assigns it last. */
  int localAttention() {
    int width = values.integer("local_attention", 128, 0, Integer.MAX_VALUE);
    return json.member("sliding_window")
        .map(value -> 2 * value.integer(0, Integer.MAX_VALUE / 2))
        .orElse(width);
  }

  Map<LayerType, RopeSettings> rope(List<LayerType> layerTypes, int maxPositions) {
    var reader = new RopeReader(json, maxPositions);
    Map<LayerType, RopeSettings> rope = new EnumMap<>(LayerType.class);
    EnumSet.copyOf(layerTypes).forEach(type -> rope.put(type, reader.read(type)));
    return Map.copyOf(rope);
  }

  double normEps() {
    Optional<Json> given = json.member("norm_eps");
    double eps = given.map(Json::number).orElse(1e-5);
    if (!(eps >= 0) || !Float.isFinite((float) eps)) {
      throw given.orElse(json).mismatch("a number of at least 0");
    }
    return eps;
  }

  SpecialTokenIds specialTokenIds(int vocabSize) {
    OptionalInt pad = values.id("pad_token_id", 50283);
    pad.ifPresent(id -> {
      if (id >= vocabSize || id < -vocabSize) {
        throw json.error(
            "pad_token_id: %d is not in a vocabulary of vocab_size %d".formatted(id, vocabSize));
      }
    });
    List<Integer> eos =
        json.member("eos_token_id")
            .filter(Json::isArray)
            .map(list -> list.items().stream().map(Json::integer).toList())
            .orElseGet(() -> values.id("eos_token_id", 50282).stream().boxed().toList());
    return new SpecialTokenIds(
        pad,
        values.id("cls_token_id", 50281),
        values.id("sep_token_id", 50282),
        values.id("bos_token_id", 50281),
        eos);
  }
}
