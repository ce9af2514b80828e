package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The types of the modules that a folder's {@code modules.json} lists, from which the tasks of a
 * model follow. The contents of modules are not read. Of a {@code Router} the modules of its
 * default route count, or of the first route that has a transformer.
 *
 * @param transformer the folder of {@code config.json} and the weights: that of the first module
 * @param types simple class names in their order, such as {@code Transformer}, {@code Pooling};
 *     empty if there is no {@code modules.json}
 * @param folders the folder of each module
 * @param allFolders the folders of all modules, those of every route included
 */
public record ModuleTypes(
    Path transformer, List<String> types, List<Path> folders, Set<Path> allFolders) {
  /** Copies the lists. */
  public ModuleTypes {
    types = List.copyOf(types);
    folders = List.copyOf(folders);
    allFolders = Set.copyOf(allFolders);
  }

  /** Refuses what is no folder. */
  static void requireFolder(Path root) {
    if (!Files.isDirectory(root)) {
      throw new ModelFileException(
          root, Files.exists(root) ? "is a file, expected a model's folder" : "folder not found");
    }
  }

  /**
   * Reads {@code modules.json} of a folder, if there is one.
   *
   * @throws ModelFileException if there is no such folder, or the file is malformed
   */
  public static ModuleTypes read(Path root) {
    requireFolder(root);
    ModuleList modules = ModuleList.read(root);
    List<ModuleList.Entry> main = modules.main();
    if (main.isEmpty()) {
      return new ModuleTypes(root, List.of(), List.of(), Set.of());
    }
    main.forEach(module -> ModulesReader.requireLoadable(module.type()));
    return new ModuleTypes(
        main.getFirst().folder(),
        main.stream().map(ModuleList.Entry::name).toList(),
        main.stream().map(ModuleList.Entry::folder).toList(),
        modules.folders());
  }

  /** Whether the modules compute a weight for each token of the vocabulary. */
  public boolean isSparse() {
    return types.contains("SpladePooling");
  }

  /**
   * Whether the modules compute the score of a pair: the last one is a dense layer with that
   * output.
   */
  public boolean isReranker() {
    return types.contains("Pooling")
        && types.getLast().equals("Dense")
        && ModulesReader.givesScores(Json.read(folders.getLast().resolve("config.json")));
  }

  /** Whether the modules compute a vector for each token: there is a projection and no pooling. */
  public boolean isMultiVector() {
    return types.contains("MultiVectorMask")
        || types.contains("Dense") && !types.contains("Pooling");
  }

  /** The folder of the first module of a type. */
  Optional<Path> folder(String type) {
    int index = types.indexOf(type);
    return index < 0 ? Optional.empty() : Optional.of(folders.get(index));
  }
}
