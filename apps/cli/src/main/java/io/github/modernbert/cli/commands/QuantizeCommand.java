package io.github.modernbert.cli.commands;

import io.github.modernbert.Models;
import io.github.modernbert.cli.options.NamedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code modernbert quantize}. */
@Command(
    name = "quantize",
    description =
        "Writes a copy of a model whose encoder has weights of 8-bit integers; the copy is loaded"
            + " like any other model.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Example|@",
      "  modernbert quantize ~/models/gte-modernbert-base ~/models/gte-modernbert-base-int8",
      "",
      "Results are those of '--precision int8' with the model itself, to the bit.",
    })
final class QuantizeCommand implements Callable<Integer> {
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

  @Override
  public Integer call() throws IOException {
    Models.quantize(model.orElseThrow().folder(), target);
    return ExitCode.OK;
  }
}
