package io.github.modernbert.cli.commands;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.Task;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.TokenClassifier;
import io.github.modernbert.config.LayerType;
import io.github.modernbert.config.ModernBertConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/** The report of {@code modernbert info}, for people and for programs. */
final class InfoReport {
  private static final Path PROCESS_STATUS = Path.of("/proc/self/status");

  private final TaskModel model;
  private final ModelInfo info;
  private final int tokenBudget;
  private final OptionalLong residentBytes;

  /** Measures the memory of the process now, so the model should be loaded. */
  InfoReport(TaskModel model, int tokenBudget) {
    this.model = model;
    this.info = model.info();
    this.tokenBudget = tokenBudget;
    this.residentBytes = residentBytes();
  }

  private static OptionalLong residentBytes() {
    try (var lines = Files.lines(PROCESS_STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findAny();
    } catch (IOException e) {
      // Only Linux has it.
      return OptionalLong.empty();
    }
  }

  private static String similarity(TextEmbedder embedder) {
    return embedder.similarity().name().toLowerCase(Locale.ROOT);
  }

  /** The labels of a classifier. */
  private List<String> labels() {
    return switch (model) {
      case TextClassifier classifier -> classifier.labels();
      case TokenClassifier classifier -> classifier.labels();
      case CrossEncoder encoder -> encoder.labels();
      default -> List.of();
    };
  }

  Map<String, Object> json() {
    ModernBertConfig config = info.config();
    var json = new LinkedHashMap<String, Object>();
    json.put("model", info.source());
    json.put("architectures", config.architectures());
    json.put("tasks", info.tasks().stream().map(Task::key).toList());
    json.put("max_length", info.maxLength());
    json.put("steps", info.steps());
    if (model instanceof TextEmbedder embedder) {
      json.put("dimension", embedder.dimension());
      json.put("pooling_assumed", embedder.poolingAssumed());
      json.put("similarity_fn_name", similarity(embedder));
    } else if (!labels().isEmpty()) {
      json.put("labels", labels());
    }
    json.put("prompts", new TreeMap<>(info.prompts()));
    info.defaultPrompt().ifPresent(name -> json.put("default_prompt_name", name));
    json.put("parameters", info.parameters());
    json.put("weight_bytes", info.weightBytes());
    residentBytes.ifPresent(bytes -> json.put("resident_bytes", bytes));
    json.put("vocab_size", config.vocabSize());
    json.put("hidden_size", config.hiddenSize());
    json.put("intermediate_size", config.intermediateSize());
    json.put("num_attention_heads", config.numAttentionHeads());
    json.put("num_hidden_layers", config.numHiddenLayers());
    json.put("layer_types", config.layerTypes().stream().map(LayerType::key).toList());
    json.put("local_attention", config.localAttention());
    json.put("max_position_embeddings", config.maxPositionEmbeddings());
    json.put("unused_tensors", new TreeSet<>(info.unusedTensors()));
    json.put("kernels", info.kernels());
    json.put("kernels_by_operation", model.kernelsByOperation());
    json.put("precision", info.precision().key());
    json.put("weights", info.weights().key());
    json.put("threads", info.threads());
    json.put("token_budget", tokenBudget);
    json.put("java", Runtime.version().toString());
    return json;
  }

  String text() {
    ModernBertConfig config = info.config();
    var text = new StringBuilder();
    line(text, "model", info.source());
    for (Task task : info.tasks()) {
      String name = task == info.tasks().getFirst() ? "for" : "";
      line(text, name, "%s (%s)", task.key(), task.className());
    }
    line(text, "texts", "up to %,d tokens", info.maxLength());
    if (model instanceof TextEmbedder embedder) {
      line(text, "vectors", "%,d dimensions", embedder.dimension());
      line(text, "similarity", similarity(embedder));
      String assumed = " (assumed: there is no modules.json)";
      line(text, "steps", info.steps() + (embedder.poolingAssumed() ? assumed : ""));
    } else {
      line(text, "steps", info.steps());
    }
    if (!labels().isEmpty()) {
      line(text, "labels", String.join(", ", labels()));
    }
    new TreeMap<>(info.prompts())
        .forEach((name, prompt) -> {
          boolean isDefault = info.defaultPrompt().filter(name::equals).isPresent();
          line(text, "prompt", "%s \"%s\"%s", name, prompt, isDefault ? " (default)" : "");
        });
    text.append('\n');
    long global = config.layerTypes().stream().filter(LayerType.FULL_ATTENTION::equals).count();
    line(
        text,
        "layers",
        "%d: %d global, %d local (%d tokens to either side)",
        config.numHiddenLayers(),
        global,
        config.numHiddenLayers() - global,
        config.windowReach());
    line(
        text,
        "sizes",
        "hidden %,d, intermediate %,d, %d heads of %d",
        config.hiddenSize(),
        config.intermediateSize(),
        config.numAttentionHeads(),
        config.headDim());
    line(text, "vocabulary", "%,d tokens", config.vocabSize());
    line(text, "parameters", "%,d", info.parameters());
    if (!info.unusedTensors().isEmpty()) {
      line(text, "unused", String.join(", ", new TreeSet<>(info.unusedTensors())));
    }
    text.append('\n');
    line(text, "memory", "%,.1f MB of weights", info.weightBytes() / 1e6);
    residentBytes.ifPresent(
        bytes -> line(text, "", "%,.1f MB resident in all, before the first text", bytes / 1e6));
    line(text, "kernels", info.kernels());
    model
        .kernelsByOperation()
        .forEach((operation, kernels) -> line(text, "", "%s: %s", operation, kernels));
    line(text, "precision", "%s, weights as %s", info.precision().key(), info.weights().key());
    line(text, "threads", "%d, %,d tokens at a time", info.threads(), tokenBudget);
    line(
        text,
        "java",
        "%s, %s",
        Runtime.version(),
        System.getProperty("java.vendor.version", System.getProperty("java.vendor")));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-12s", name)).append(value).append('\n');
  }

  private static void line(StringBuilder text, String name, String pattern, Object... values) {
    line(text, name, String.format(Locale.ROOT, pattern, values));
  }
}
