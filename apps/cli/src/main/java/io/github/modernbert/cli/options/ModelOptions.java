package io.github.modernbert.cli.options;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextEmbedder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model makes vectors, and how it is run. */
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

  /** The model, as what it was made for. */
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
