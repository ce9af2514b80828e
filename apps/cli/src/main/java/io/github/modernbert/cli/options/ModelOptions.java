package io.github.modernbert.cli.options;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextEmbedder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that compute vectors: the model and how it is loaded. */
public final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = NamedModel.LABEL,
      description = {
        NamedModel.DESCRIPTION,
        "Default: the small English model that comes with the program."
      })
  private Optional<NamedModel> model = Optional.empty();

  @Mixin private LoadingOptions loading = new LoadingOptions();

  public Optional<Path> folder() {
    return model.map(NamedModel::folder);
  }

  public LoadOptions load() {
    return loading.load();
  }

  /** Loads the model with the class of its main task. */
  public TaskModel any() {
    LoadOptions options = load();
    return folder()
        .map(folder -> Models.load(folder, options))
        .orElseGet(() -> TextEmbedder.bundled(options));
  }

  public TextEmbedder embedder() {
    LoadOptions options = load();
    return folder()
        .map(folder -> TextEmbedder.load(folder, options))
        .orElseGet(() -> TextEmbedder.bundled(options));
  }
}
