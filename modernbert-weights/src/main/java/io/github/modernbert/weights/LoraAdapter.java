package io.github.modernbert.weights;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Merges an adapter's matrices into the tensors of its base model. Weights are added when they are
 * read, so that nothing is copied before.
 */
final class LoraAdapter {
  static final List<String> FILES = List.of("adapter_model.safetensors", "adapter_model.bin");

  private static final String WRAPPER = "base_model.model.";
  private static final String INNER = "model.";
  private static final String EMBEDDINGS = "embeddings.tok_embeddings";
  private static final String DECODER = "decoder";
  private static final Pattern MATRIX =
      Pattern.compile("(.+)\\.lora_(embedding_)?([AB])(\\.default)?(\\.weight)?");

  private final Path file;
  private final LoraSettings settings;
  private final Map<String, Tensor> tensors;
  private final String prefix;

  private LoraAdapter(
      Path file, LoraSettings settings, Map<String, Tensor> tensors, String prefix) {
    this.file = file;
    this.settings = settings;
    this.tensors = tensors;
    this.prefix = prefix;
  }

  /** The file of an adapter's matrices. */
  static Path file(Path folder) {
    for (String name : FILES) {
      if (RegularFiles.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    throw new ModelFileException(
        folder,
        "is an adapter, as "
            + LoraSettings.FILE
            + " says, but holds none of "
            + String.join(", ", FILES));
  }

  /** The name that a module's tensor has in a checkpoint without prefix, whatever was adapted. */
  static String bareName(String stored) {
    String name = stored.startsWith(WRAPPER) ? stored.substring(WRAPPER.length()) : stored;
    return withoutModel(
        name.replace(".base_layer.", ".").replace(".modules_to_save.default.", "."));
  }

  private static String withoutModel(String name) {
    return name.startsWith(INNER) ? name.substring(INNER.length()) : name;
  }

  /**
   * Merges an adapter.
   *
   * @param adapter the tensors of the adapter by their names
   * @param tensors those of the base model by their names; changed
   * @param tied whether the decoder's weight is that of the embeddings
   * @throws ModelFileException if the adapter has tensors that do not fit the model, or are more
   *     than LoRA has
   */
  static void merge(
      LoraSettings settings,
      Map<String, Tensor> adapter,
      Map<String, Tensor> tensors,
      boolean tied) {
    boolean prefixed = tensors.containsKey("model.final_norm.weight");
    var merger =
        new LoraAdapter(
            adapter.isEmpty() ? settings.file() : adapter.values().iterator().next().file(),
            settings,
            tensors,
            prefixed ? INNER : "");
    merger.merge(adapter, tied);
  }

  private void merge(Map<String, Tensor> adapter, boolean tied) {
    Map<String, Tensor> a = new HashMap<>();
    Map<String, Tensor> b = new HashMap<>();
    adapter.forEach((name, tensor) -> {
      Matcher matrix = MATRIX.matcher(name);
      if (matrix.matches()) {
        (matrix.group(3).equals("A") ? a : b).put(matrix.group(1), tensor);
      } else if (name.contains(".lora_")) {
        throw error(name, "belongs to another kind of adapter than plain LoRA, such as DoRA");
      } else {
        String own = ownName(bareName(name));
        tensors.put(own, tensor.withName(own));
      }
    });
    var modules = new TreeSet<>(a.keySet());
    modules.addAll(b.keySet());
    if (modules.isEmpty()) {
      throw new ModelFileException(file, "holds no matrices of LoRA");
    }
    // The decoder before the embeddings, which it begins from if the two are tied.
    modules.stream()
        .sorted(Comparator.comparing(LoraAdapter::isEmbedding))
        .forEach(module -> add(module, a.get(module), b.get(module), tied));
  }

  private static boolean isEmbedding(String module) {
    return bareName(module).equals(EMBEDDINGS);
  }

  /** The name of a tensor in this checkpoint: the encoder's may have a prefix. */
  private String ownName(String bare) {
    boolean inEncoder =
        bare.startsWith("layers.")
            || bare.startsWith("embeddings.")
            || bare.startsWith("final_norm.");
    return inEncoder ? prefix + bare : bare;
  }

  private void add(String stored, @Nullable Tensor a, @Nullable Tensor b, boolean tied) {
    String module = bareName(stored);
    String name = ownName(module + ".weight");
    Tensor weight = tensors.get(name);
    if (weight == null && tied && module.equals(DECODER)) {
      weight = tensors.get(ownName(EMBEDDINGS + ".weight"));
    }
    if (weight == null) {
      throw error(stored, "changes a module that the base model does not have");
    }
    if (a == null || b == null) {
      throw error(stored, "has one matrix, expected lora_A and lora_B");
    }
    if (isEmbedding(stored) && tied && !tensors.containsKey(DECODER + ".weight")) {
      // The adapter changes what tokens begin as, not what logits are made with.
      tensors.put(DECODER + ".weight", weight.withName(DECODER + ".weight"));
    }
    tensors.put(name, merged(name, stored, weight, a, b));
  }

  private Tensor merged(String name, String stored, Tensor weight, Tensor a, Tensor b) {
    if (weight.shape().size() != 2) {
      throw error(stored, "changes " + weight + ", expected a matrix");
    }
    if (!weight.dtype().isFloat()) {
      throw error(stored, "cannot change " + weight + ": the base model is quantized");
    }
    String path = stored.startsWith(WRAPPER) ? stored.substring(WRAPPER.length()) : stored;
    long rank = settings.rank(path);
    long rows = weight.shape().getFirst();
    long columns = weight.shape().getLast();
    boolean embedding = isEmbedding(stored);
    a.requireShape(rank, embedding ? rows : columns);
    b.requireShape(embedding ? columns : rows, rank);
    var data = new LoraData(weight, a, b, (int) rank, columns, settings.scale(path), embedding);
    return weight.withData(name, DType.F32, data);
  }

  private ModelFileException error(String module, String problem) {
    return new ModelFileException(file, "'" + module + "' " + problem);
  }
}
