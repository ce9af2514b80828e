package io.github.modernbert.folders;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.CheckpointQuantizer;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.ModuleTypes;
import io.github.modernbert.weights.SafetensorsWriter;
import io.github.modernbert.weights.Tensor;
import io.github.modernbert.weights.TransformerFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes copies of a model's folder with its weights in another form. */
public final class ConvertedFolder {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String KEY = "quantization_config";

  /**
   * Matches the files that belong to a model, whichever task it is for; not weights in other
   * formats.
   */
  private static final Pattern COPIED =
      Pattern.compile("[^.].*\\.(json|txt|md|model|safetensors)|LICENSE.*|NOTICE.*");

  /** Weights of a folder, which are written anew. */
  private static final Pattern WRITTEN =
      Pattern.compile(
          ".*\\.safetensors|(model\\.safetensors|pytorch_model\\.bin)\\.index\\.json"
              + "|adapter_config\\.json");

  private static final Pattern TOKENIZER =
      Pattern.compile("(tokenizer|special_tokens_map|added_tokens|vocab|chat_template).*\\.json");

  /** As {@code compressed-tensors} describes integers by channel and activations by token. */
  private static final String QUANTIZATION =
      """
      {
          "quant_method": "compressed-tensors",
          "format": "int-quantized",
          "quantization_status": "compressed",
          "config_groups": {
            "group_0": {
              "targets": ["re:.*layers\\\\.\\\\d+\\\\.(attn\\\\.(Wqkv|Wo)|mlp\\\\.(Wi|Wo))$"],
              "weights": {
                "num_bits": 8, "type": "int", "symmetric": true, "strategy": "channel", "dynamic": false
              },
              "input_activations": {
                "num_bits": 8, "type": "int", "symmetric": true, "strategy": "token", "dynamic": true
              }
            }
          },
          "ignore": []
        }\
      """;

  private final Path source;
  private final ModuleTypes modules;
  private final TransformerFiles files;

  private ConvertedFolder(Path source, Function<String, Path> locate) {
    this.source = source;
    this.modules = ModuleTypes.read(source);
    this.files = TransformerFiles.of(modules.transformer(), locate);
  }

  /**
   * Writes a copy with all weights as safetensors, an adapter merged.
   *
   * @param locate finds the base model of an adapter
   * @param target does not exist yet; appears when it is complete
   * @return the target
   */
  public static Path convert(Path source, Function<String, Path> locate, Path target)
      throws IOException {
    Path place = newPlace(target);
    return write(new ConvertedFolder(source, locate), place, ConvertedFolder::fillWithSameWeights);
  }

  /**
   * Writes a copy whose encoder has linear layers of 8-bit integers.
   *
   * @param locate finds the base model of an adapter
   * @param target does not exist yet; appears when it is complete
   * @return the target
   */
  public static Path quantize(Path source, Function<String, Path> locate, Path target)
      throws IOException {
    Path place = newPlace(target);
    return write(new ConvertedFolder(source, locate), place, ConvertedFolder::fillWithIntegers);
  }

  /** Fills a folder that is not complete yet. */
  private interface Filling {
    void fill(ConvertedFolder folder, Path target) throws IOException;
  }

  /** Where the copy is to appear; checked before anything is read, or downloaded. */
  private static Path newPlace(Path target) {
    if (target.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          target.toUri() + ": expected a folder on the default file system");
    }
    Path place = target.toAbsolutePath().normalize();
    Path parent = place.getParent();
    if (parent == null || Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException(target + ": exists already");
    }
    if (!Files.isDirectory(parent)) {
      throw new IllegalArgumentException(target + ": there is no folder " + parent);
    }
    return place;
  }

  private static Path write(ConvertedFolder folder, Path place, Filling filling)
      throws IOException {
    Path incomplete = place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID());
    try {
      filling.fill(folder, incomplete);
      return Files.move(incomplete, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(folder.source, e);
    } catch (IOException e) {
      throw RegularFiles.unwritable(place, e);
    } finally {
      Folders.delete(incomplete);
    }
  }

  private void fillWithSameWeights(Path target) throws IOException {
    ModernBertConfig config = files.config();
    try (Checkpoint checkpoint = files.open()) {
      copyWeights(checkpoint, config.tieWordEmbeddings(), newWeights(target, files.folder()));
    }
    Path place = place(target, files.folder().resolve(CONFIG));
    if (files.isAdapted()) {
      Files.writeString(place, files.configJson().toString());
    } else {
      Files.copy(files.folder().resolve(CONFIG), place);
    }
    copyFiles(target);
  }

  private void fillWithIntegers(Path target) throws IOException {
    if (files.configJson().find(KEY).isPresent()) {
      throw new IllegalArgumentException(
          files.configJson().file() + ": " + KEY + " says that it is quantized already");
    }
    try (Checkpoint checkpoint = files.open()) {
      if (Backbone.holdsIntegers(checkpoint)) {
        throw new IllegalArgumentException(source + ": has 8-bit integers already");
      }
      CheckpointQuantizer.write(checkpoint, files.config(), newWeights(target, files.folder()));
    }
    Files.writeString(place(target, files.folder().resolve(CONFIG)), quantizedConfig());
    copyFiles(target);
  }

  private Path newWeights(Path target, Path folder) throws IOException {
    Path weights = place(target, folder.resolve(WEIGHTS));
    Files.createDirectories(weights.getParent());
    return weights;
  }

  private Path place(Path target, Path file) {
    return target.resolve(source.relativize(file));
  }

  private static void copyWeights(Checkpoint checkpoint, boolean tied, Path target)
      throws IOException {
    try (var writer = SafetensorsWriter.create(target, Map.of("format", "pt"))) {
      for (String name : checkpoint.names()) {
        if (!tied || !repeatsEmbeddings(name, checkpoint)) {
          writer.copy(checkpoint.tensor(name));
        }
      }
      writer.finish();
    }
  }

  /**
   * Files of PyTorch name a matrix twice that two layers share; safetensors would hold it twice.
   */
  private static boolean repeatsEmbeddings(String name, Checkpoint checkpoint) {
    Tensor tensor = checkpoint.tensor(name);
    return name.equals("decoder.weight")
        && Stream.of("", "model.")
            .flatMap(
                prefix -> checkpoint.find(prefix + "embeddings.tok_embeddings.weight").stream())
            .anyMatch(tensor::hasValuesOf);
  }

  /** Copies what is not weights of the transformer, and converts those of other modules. */
  private void copyFiles(Path target) throws IOException {
    var folders = new TreeSet<>(modules.allFolders());
    folders.add(source);
    folders.add(files.folder());
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        copyFiles(folder, target);
      }
    }
    if (!files.tokenizer().equals(files.folder())) {
      for (Path file : list(files.tokenizer())) {
        if (TOKENIZER.matcher(file.getFileName().toString()).matches()) {
          copy(file, place(target, files.folder().resolve(file.getFileName())));
        }
      }
    }
  }

  private void copyFiles(Path folder, Path target) throws IOException {
    boolean transformer = folder.equals(files.folder());
    boolean converts = !transformer && Checkpoint.needsConversion(folder);
    if (converts) {
      try (Checkpoint checkpoint = Checkpoint.open(folder)) {
        copyWeights(checkpoint, false, newWeights(target, folder));
      }
    }
    for (Path file : list(folder)) {
      String name = file.getFileName().toString();
      boolean written =
          (transformer || converts) && WRITTEN.matcher(name).matches()
              || transformer && name.equals(CONFIG);
      if (!written && COPIED.matcher(name).matches() && !Files.isDirectory(file)) {
        copy(RegularFiles.require(file), place(target, file));
      }
    }
  }

  private static Set<Path> list(Path folder) throws IOException {
    var files = new TreeSet<Path>();
    try (Stream<Path> content = Files.list(folder)) {
      content.forEach(files::add);
    }
    return files;
  }

  private static void copy(Path file, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Files.copy(file, target);
  }

  /** The configuration with an entry behind all others. */
  private String quantizedConfig() throws IOException {
    if (files.isAdapted()) {
      return files.configJson().with(KEY, QUANTIZATION).toString();
    }
    // Not from the parsed document, so that people find their file as they know it.
    String text = Files.readString(files.folder().resolve(CONFIG));
    int end = text.lastIndexOf('}');
    String entry = ",\n  \"" + KEY + "\": " + QUANTIZATION + "\n";
    return text.substring(0, end).stripTrailing() + entry + text.substring(end);
  }
}
