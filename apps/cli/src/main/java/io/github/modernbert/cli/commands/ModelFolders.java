package io.github.modernbert.cli.commands;

import io.github.modernbert.weights.ModuleTypes;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the transformer's files lie in a model's folder. */
final class ModelFolders {
  private ModelFolders() {}

  static boolean hasModules(Path folder) {
    return Files.exists(folder.resolve("modules.json"));
  }

  /** The folder of {@code config.json}, weights and tokenizer: the model's own or one in it. */
  static Path transformer(Path folder) {
    return ModuleTypes.read(folder).transformer();
  }
}
