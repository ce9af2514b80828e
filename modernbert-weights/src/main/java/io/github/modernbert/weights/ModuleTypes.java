package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which modules a folder's {@code modules.json} lists, of whatever kind: enough to tell what a
 * model is for. What a module holds is not read.
 *
 * @param transformer the folder of {@code config.json} and the weights: that of the first module
 * @param types simple class names in their order, such as {@code Transformer}, {@code Pooling};
 *     empty if there is no {@code modules.json}
 */
public record ModuleTypes(Path transformer, List<String> types) {
  /** Copies the list. */
  public ModuleTypes {
    types = List.copyOf(types);
  }

  /**
   * Reads {@code modules.json} of a folder, if there is one.
   *
   * @throws ModelFileException if there is no such folder, or the file is malformed
   */
  public static ModuleTypes read(Path root) {
    if (!Files.isDirectory(root)) {
      throw new ModelFileException(
          root, Files.exists(root) ? "is a file, expected a model's folder" : "folder not found");
    }
    Path file = root.resolve(ModulesReader.FILE);
    if (!Files.exists(file)) {
      return new ModuleTypes(root, List.of());
    }
    Json json = Json.read(file);
    List<Json> modules = json.items();
    if (modules.isEmpty()) {
      throw json.error("names no module");
    }
    return new ModuleTypes(
        ModulesReader.folder(root, modules.getFirst().get("path")),
        modules.stream().map(module -> ModulesReader.lastName(module.get("type"))).toList());
  }
}
