package io.github.modernbert.folders;

import io.github.modernbert.config.ModernBertConfig;
import io.github.modernbert.encoder.Backbone;
import io.github.modernbert.encoder.CheckpointQuantizer;
import io.github.modernbert.files.Json;
import io.github.modernbert.files.RegularFiles;
import io.github.modernbert.weights.Checkpoint;
import io.github.modernbert.weights.ModuleTypes;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes a copy of a model whose encoder has 8-bit integers; it appears when it is complete. */
public final class QuantizedFolder {
  private static final String CONFIG = "config.json";
  private static final String KEY = "quantization_config";

  /** What belongs to a model, whichever task it is for; not weights in other formats. */
  private static final Pattern COPIED =
      Pattern.compile("[^.].*\\.(json|txt|md|model|safetensors)|LICENSE.*|NOTICE.*");

  private static final Pattern WEIGHTS =
      Pattern.compile(".*\\.safetensors|model\\.safetensors\\.index\\.json");

  /** As {@code compressed-tensors} describes integers by channel and activations by token. */
  private static final String ENTRY =
      """
      ,
        "quantization_config": {
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
        }
      """;

  private final Path source;
  private final ModuleTypes modules;

  private QuantizedFolder(Path source) {
    this.source = source;
    this.modules = ModuleTypes.read(source);
  }

  /**
   * Writes the copy.
   *
   * @return the target
   */
  public static Path write(Path source, Path target) throws IOException {
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
    var folder = new QuantizedFolder(source);
    Path incomplete = parent.resolve("." + place.getFileName() + "." + UUID.randomUUID());
    try {
      folder.fill(incomplete);
      return Files.move(incomplete, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (ClosedByInterruptException e) {
      throw RegularFiles.unreadable(source, e);
    } finally {
      Folders.delete(incomplete);
    }
  }

  private void fill(Path target) throws IOException {
    Path transformer = modules.transformer();
    ModernBertConfig config = ModernBertConfig.read(transformer);
    String entries = config();
    Path weights = place(target, transformer.resolve("model.safetensors"));
    Files.createDirectories(weights.getParent());
    try (Checkpoint checkpoint = Checkpoint.open(transformer)) {
      if (Backbone.holdsIntegers(checkpoint)) {
        throw new IllegalArgumentException(source + ": has 8-bit integers already");
      }
      CheckpointQuantizer.write(checkpoint, config, weights);
    }
    Files.writeString(weights.resolveSibling(CONFIG), entries);
    for (Path file : files()) {
      Path copy = place(target, file);
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
  }

  private Path place(Path target, Path file) {
    return target.resolve(source.relativize(file));
  }

  /** What is copied of the folder and of those of its modules. */
  private Set<Path> files() throws IOException {
    var folders = new TreeSet<>(modules.folders());
    folders.add(source);
    var files = new TreeSet<Path>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> content = Files.list(folder)) {
          content.filter(this::isCopied).forEach(files::add);
        }
      }
    }
    return files;
  }

  private boolean isCopied(Path file) {
    String name = file.getFileName().toString();
    boolean written =
        modules.transformer().equals(file.getParent())
            && (name.equals(CONFIG) || WEIGHTS.matcher(name).matches());
    return !written && COPIED.matcher(name).matches() && Files.isRegularFile(file);
  }

  /** The configuration with an entry behind all others. */
  private String config() throws IOException {
    Path file = modules.transformer().resolve(CONFIG);
    if (Json.read(file).find(KEY).isPresent()) {
      throw new IllegalArgumentException(file + ": " + KEY + " says that it is quantized already");
    }
    String text = Files.readString(file);
    int end = text.lastIndexOf('}');
    return text.substring(0, end).stripTrailing() + ENTRY + text.substring(end);
  }
}
