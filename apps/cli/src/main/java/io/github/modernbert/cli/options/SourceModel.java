package io.github.modernbert.cli.options;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The model that a command makes something of, as its first argument. */
final class SourceModel {
  @Parameters(
      index = "0",
      arity = "1",
      paramLabel = NamedModel.LABEL,
      description = "Folder of a model, or its name on the Hugging Face Hub.")
  private Optional<NamedModel> model = Optional.empty();

  Path folder() {
    return model.orElseThrow().folder();
  }
}
