package io.github.modernbert.cli.options;

import io.github.modernbert.LoadOptions;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model is prepared, how it will be loaded, and where its weights are kept. */
public final class PrepareOptions {
  @Mixin private SourceModel source = new SourceModel();

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      required = true,
      description = "Where packed weights are kept; the folder for --cache.")
  private Path folder = Path.of("");

  @Mixin private LoadingOptions loading = new LoadingOptions();

  public Path source() {
    return source.folder();
  }

  public Path folder() {
    return folder;
  }

  public LoadOptions load() {
    return loading.load();
  }
}
