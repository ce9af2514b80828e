package io.github.modernbert.cli.options;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The options of commands that copy a model: source and target. */
public final class CopyOptions {
  @Parameters(
      index = "0",
      arity = "1",
      paramLabel = NamedModel.LABEL,
      description = "Folder of a model, or its name on the Hugging Face Hub.")
  private Optional<NamedModel> model = Optional.empty();

  @Parameters(
      index = "1",
      paramLabel = "FOLDER",
      description = "Where the copy shall be; must not exist yet.")
  private Path target = Path.of("");

  public Path source() {
    return model.orElseThrow().folder();
  }

  public Path target() {
    return target;
  }
}
