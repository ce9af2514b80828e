package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The {@code adapter_config.json} of PEFT, for adapters of LoRA (arXiv:2106.09685): to a weight W a
 * product of two thin matrices is added, W + scale · B · A.
 *
 * @param file where it was read
 * @param base the folder or name of the model that it changes, with its revision if it has one
 * @param taskType what the adapted model is for, such as {@code SEQ_CLS}
 * @param rank the rows of A where no pattern says otherwise
 * @param alpha the scale times the rank, or its root, where no pattern says otherwise
 * @param rootScaled whether the scale is alpha / √rank (rsLoRA, arXiv:2312.03732) and not alpha /
 *     rank
 * @param rankPattern ranks of modules by name or end of name
 * @param alphaPattern alphas of modules by name or end of name
 */
record LoraSettings(
    Path file,
    Optional<String> base,
    Optional<String> taskType,
    int rank,
    double alpha,
    boolean rootScaled,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern) {
  static final String FILE = "adapter_config.json";
  private static final int MAX_RANK = 1 << 20;

  /** Keys that have no effect on the merged weights. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "auto_mapping",
          "ensure_weight_tying",
          "eva_config",
          "exclude_modules",
          "fan_in_fan_out", // of a linear layer PEFT takes it back
          "inference_mode",
          "layers_pattern",
          "layers_to_transform",
          "loftq_config",
          "lora_dropout",
          "megatron_config",
          "megatron_core",
          "modules_to_save",
          "peft_version",
          "qalora_group_size",
          "runtime_config",
          "target_modules");

  private static final Set<String> READ =
      Set.of(
          "alpha_pattern",
          "base_model_name_or_path",
          "bias",
          "init_lora_weights",
          "lora_alpha",
          "peft_type",
          "r",
          "rank_pattern",
          "revision",
          "task_type",
          "use_rslora");

  /** Initializations of adapters that do not change the base model. */
  private static final Set<String> BEGINNINGS = Set.of("gaussian", "eva", "orthogonal");

  /** Reads the file of a folder, if it is there. */
  static Optional<LoraSettings> find(Path folder) {
    Path file = folder.resolve(FILE);
    return RegularFiles.exists(file) ? Optional.of(read(file)) : Optional.empty();
  }

  private static LoraSettings read(Path file) {
    Json json = Json.read(file);
    Json type = json.get("peft_type");
    if (!type.string().equals("LORA")) {
      throw type.mismatch("LORA, the only kind of adapter that can be merged here");
    }
    json.members().forEach(LoraSettings::requireNoEffect);
    json.find("init_lora_weights").ifPresent(LoraSettings::requireUnchangedBase);
    Optional<String> revision = json.find("revision").map(Json::string);
    return new LoraSettings(
        file,
        json.find("base_model_name_or_path")
            .map(Json::string)
            .map(name -> revision.isEmpty() ? name : name + "@" + revision.get()),
        json.find("task_type").map(Json::string),
        json.find("r").map(value -> value.integer(1, MAX_RANK)).orElse(8),
        json.find("lora_alpha").map(LoraSettings::finite).orElse(8.0),
        json.find("use_rslora").map(Json::bool).orElse(false),
        pattern(json.find("rank_pattern"), value -> value.integer(1, MAX_RANK)),
        pattern(json.find("alpha_pattern"), LoraSettings::finite));
  }

  private static void requireNoEffect(String key, Json value) {
    boolean known = READ.contains(key) || WITHOUT_EFFECT.contains(key);
    boolean empty =
        value.isNull()
            || value.isBoolean() && !value.bool()
            || value.isObject() && value.members().isEmpty()
            || value.isArray() && value.items().isEmpty();
    if (!known && !empty) {
      throw value.error("adapters with this key cannot be merged: only plain LoRA can");
    }
  }

  private static void requireUnchangedBase(Json value) {
    if (!value.isBoolean() && !BEGINNINGS.contains(value.string())) {
      throw value.error(
          "adapters that begin with %s change their base model and cannot be merged; save them with"
                  .formatted(value)
              + " path_initial_model_for_weight_conversion, which makes plain LoRA of them");
    }
  }

  private static double finite(Json value) {
    if (!Double.isFinite(value.number())) {
      throw value.mismatch("a finite number");
    }
    return value.number();
  }

  private static <T> Map<String, T> pattern(Optional<Json> pattern, Function<Json, T> reader) {
    Map<String, T> values = new LinkedHashMap<>();
    pattern
        .map(Json::members)
        .orElse(Map.of())
        .forEach((key, value) -> {
          if (!key.matches("\\^?[A-Za-z0-9_.]+")) {
            throw value.error("expected the name of a module as key, not a regular expression");
          }
          values.put(key, reader.apply(value));
        });
    return values;
  }

  /** The rank of a module's matrices. */
  int rank(String module) {
    return matching(rankPattern, module).orElse(rank);
  }

  /** The factor of a module's product. */
  float scale(String module) {
    double own = matching(alphaPattern, module).orElse(alpha);
    double divisor = rank(module);
    return (float) (own / (rootScaled ? Math.sqrt(divisor) : divisor));
  }

  /** The value of the first pattern that is the whole name or, after a dot, the end of it. */
  private static <T> Optional<T> matching(Map<String, T> pattern, String module) {
    return pattern.entrySet().stream()
        .filter(entry -> {
          String key = entry.getKey();
          return key.startsWith("^")
              ? module.equals(key.substring(1))
              : module.equals(key) || module.endsWith("." + key);
        })
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
