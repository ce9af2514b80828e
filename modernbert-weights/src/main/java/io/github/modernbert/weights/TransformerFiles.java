package io.github.modernbert.weights;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The files of a transformer: those of its own folder and, if that holds a LoRA adapter, those of
 * the base model that the adapter changes.
 *
 * <p>As in the reference a folder with an {@code adapter_config.json} and a complete model is the
 * base of its own adapter; otherwise the base is {@code base_model_name_or_path}.
 */
public final class TransformerFiles {
  private static final String CONFIG = "config.json";
  private static final List<String> TOKENIZERS =
      List.of("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json");
  private static final String CLASSIFIER = "classifier.weight";
  private static final String LAYERS = "num_hidden_layers";

  /** Keys that others are made of when the reference reads a file, and that mean nothing later. */
  private static final Set<String> OLDER_KEYS =
      Set.of(
          "global_attn_every_n_layers",
          "global_rope_theta",
          "local_rope_theta",
          "rope_scaling",
          "rope_theta");

  private static final Map<String, String> ARCHITECTURES =
      Map.of(
          "SEQ_CLS", "ModernBertForSequenceClassification",
          "TOKEN_CLS", "ModernBertForTokenClassification",
          "QUESTION_ANS", "ModernBertForQuestionAnswering");

  private final Path folder;
  private final Path base;
  private final Optional<LoraSettings> adapter;
  private final Json json;
  private final ModernBertConfig config;
  private final int maxPositions;

  private TransformerFiles(Path folder, Path base, Optional<LoraSettings> adapter) {
    this.folder = folder;
    this.base = base;
    this.adapter = adapter;
    Path own = folder.resolve(CONFIG);
    requireNoSpanModel(folder);
    Json read = Json.read(RegularFiles.exists(own) ? own : base.resolve(CONFIG));
    this.json = adapter.map(settings -> adapted(read, settings)).orElse(read);
    this.config = ModernBertConfig.of(json);
    this.maxPositions = config.maxPositionEmbeddings();
  }

  private TransformerFiles(
      TransformerFiles other, Json json, ModernBertConfig config, int maxPositions) {
    this.folder = other.folder;
    this.base = other.base;
    this.adapter = other.adapter;
    this.json = json;
    this.config = config;
    this.maxPositions = maxPositions;
  }

  /**
   * A copy that uses only the first layers.
   *
   * @throws IllegalArgumentException if there are not so many
   */
  public TransformerFiles withLayers(int count) {
    int layers = config.numHiddenLayers();
    if (count > layers) {
      throw new IllegalArgumentException(
          "layers: the model at " + folder + " has " + layers + ", found " + count);
    }
    String types =
        config.layerTypes().stream()
            .limit(count)
            .map(type -> "\"" + type.key() + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    Json cut = json.with(LAYERS, "" + count).with("layer_types", types);
    return new TransformerFiles(this, cut, ModernBertConfig.of(cut), maxPositions);
  }

  /**
   * A copy in which values replace those of the configuration, as the reference's {@code
   * from_pretrained(folder, **values)} does: after the file was read, so that keys of older files
   * have no effect.
   *
   * @param values an object
   * @throws ModelFileException if the configuration cannot be used with them
   */
  TransformerFiles withConfig(Json values) {
    try {
      Optional<Json> layers = values.find(LAYERS);
      TransformerFiles cut =
          layers.isPresent() ? withLayers(layers.get().integer(1, Integer.MAX_VALUE)) : this;
      Json changed = cut.json;
      for (var entry : values.members().entrySet()) {
        String key = entry.getKey();
        if (!key.equals(LAYERS) && !OLDER_KEYS.contains(key)) {
          changed = changed.with(key, entry.getValue().toString());
        }
      }
      ModernBertConfig read = ModernBertConfig.of(changed);
      return new TransformerFiles(cut, changed, read, read.maxPositionEmbeddings());
    } catch (ModelFileException | IllegalArgumentException e) {
      throw values.error("the configuration cannot be used with these values: " + e.getMessage());
    }
  }

  /**
   * A copy for texts of at least this number of tokens, be it more than {@code
   * max_position_embeddings}: in the reference that key limits a length only where none is given.
   */
  TransformerFiles withPositions(int count) {
    return count <= maxPositions ? this : new TransformerFiles(this, json, config, count);
  }

  /** Like {@link #of(Path, Function)}; the base of an adapter must be a folder. */
  public static TransformerFiles of(Path folder) {
    return of(folder, TransformerFiles::existing);
  }

  /**
   * Finds the files.
   *
   * @param locate the folder of a base model, given as {@code organisation/name}, {@code
   *     organisation/name@revision} or path; throws {@link IllegalArgumentException} if there is
   *     none
   * @throws ModelFileException if there is no such folder, the configuration cannot be used, or the
   *     folder holds an adapter that cannot be merged or whose base model is not found
   */
  public static TransformerFiles of(Path folder, Function<String, Path> locate) {
    ModuleTypes.requireFolder(folder);
    Optional<LoraSettings> adapter = LoraSettings.find(folder);
    if (adapter.isEmpty()) {
      requireNoLoneAdapter(folder);
    }
    return new TransformerFiles(
        folder, adapter.map(settings -> base(folder, settings, locate)).orElse(folder), adapter);
  }

  private static void requireNoLoneAdapter(Path folder) {
    if (RegularFiles.exists(folder.resolve(CONFIG))) {
      return;
    }
    for (String weights : LoraAdapter.FILES) {
      if (RegularFiles.exists(folder.resolve(weights))) {
        throw new ModelFileException(
            folder.resolve(LoraSettings.FILE),
            "file not found; it has the settings of the adapter whose weights are in " + weights);
      }
    }
  }

  /** Models of GLiNER have a configuration of their own instead of {@code config.json}. */
  private static void requireNoSpanModel(Path folder) {
    Path file = folder.resolve("gliner_config.json");
    if (RegularFiles.exists(file) && !RegularFiles.exists(folder.resolve(CONFIG))) {
      throw new ModelFileException(
          file,
          "is of a GLiNER model, whose head matches spans with labels and is not implemented; for"
              + " entities of fixed kinds use a model for token classification");
    }
  }

  private static Path existing(String name) {
    try {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Said below.
    }
    throw new IllegalArgumentException(name + ": folder not found");
  }

  private static Path base(Path folder, LoraSettings adapter, Function<String, Path> locate) {
    if (RegularFiles.exists(folder.resolve(CONFIG)) && Checkpoint.isIn(folder)) {
      return folder;
    }
    String name =
        adapter
            .base()
            .orElseThrow(() ->
                new ModelFileException(
                    adapter.file(),
                    "base_model_name_or_path is missing: an adapter needs the model that it"
                        + " changes"));
    Path base;
    try {
      base = locate.apply(name);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(
          adapter.file(),
          "the folder holds an adapter, which needs its base model, base_model_name_or_path: "
              + e.getMessage(),
          e);
    }
    if (RegularFiles.exists(base.resolve(LoraSettings.FILE))) {
      throw new ModelFileException(
          adapter.file(), "the base model, " + base + ", is an adapter itself");
    }
    return base;
  }

  /** A configuration in which the head is that of the adapter. */
  private Json adapted(Json base, LoraSettings settings) {
    Json adapted = base;
    String architecture = settings.taskType().map(ARCHITECTURES::get).orElse(null);
    if (architecture != null) {
      adapted = adapted.with("architectures", "[\"" + architecture + "\"]");
    }
    try (Checkpoint matrices = Checkpoint.open(LoraAdapter.file(folder))) {
      for (String name : matrices.names()) {
        List<Long> shape = matrices.tensor(name).shape();
        if (LoraAdapter.bareName(name).equals(CLASSIFIER) && shape.size() == 2) {
          adapted = adapted.with("num_labels", shape.getFirst().toString());
        }
      }
    }
    return adapted;
  }

  /** The folder of the transformer, as messages shall name it. */
  public Path folder() {
    return folder;
  }

  /** The document of the configuration, adapted if there is an adapter. */
  public Json configJson() {
    return json;
  }

  /** The configuration of the model, adapted if there is an adapter. */
  public ModernBertConfig config() {
    return config;
  }

  /**
   * The greatest number of tokens of a sequence: {@code max_position_embeddings}, or a length that
   * the files give if that is greater.
   */
  public int maxPositions() {
    return maxPositions;
  }

  /** Whether weights of two folders are put together. */
  public boolean isAdapted() {
    return adapter.isPresent();
  }

  /** The folder of the tokenizer's files: that of an adapter if it has any. */
  public Path tokenizer() {
    boolean own = TOKENIZERS.stream().anyMatch(name -> RegularFiles.exists(folder.resolve(name)));
    return own ? folder : base;
  }

  /**
   * Opens the weights, an adapter merged.
   *
   * @throws ModelFileException if they are missing or cannot be used
   */
  public Checkpoint open() {
    return adapter.isEmpty()
        ? Checkpoint.open(folder)
        : Checkpoint.openAdapted(
            base, LoraAdapter.file(folder), adapter.get(), config.tieWordEmbeddings());
  }
}
