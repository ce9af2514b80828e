package io.github.modernbert.cli.options;

import io.github.modernbert.LoadOptions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model is prepared, how it will be loaded, and where its weights are kept. */
public final class PrepareOptions {
  @Parameters(
      arity = "1",
      paramLabel = NamedModel.LABEL,
      description = "Folder of a model, or its name on the Hugging Face Hub.")
  private Optional<NamedModel> model = Optional.empty();

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      required = true,
      description = "Where packed weights are kept; the folder for --cache.")
  private Path folder = Path.of("");

  @Mixin private LoadingOptions loading = new LoadingOptions();

  public Path source() {
    return model.orElseThrow().folder();
  }

  public Path folder() {
    return folder;
  }

  public LoadOptions load() {
    return loading.load();
  }
}
