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

/** {@code modernbert convert}. */
@Command(
    name = "convert",
    description =
        "Writes a copy of a model with all weights as safetensors: those of pytorch_model.bin, of"
            + " shards, or of a LoRA adapter merged into its base model.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Example|@",
      "  modernbert convert ~/models/my-adapter ~/models/my-model",
      "",
      "Results are those of the model itself, to the bit.",
    })
final class ConvertCommand implements Callable<Integer> {
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
    Models.convert(model.orElseThrow().folder(), target);
    return ExitCode.OK;
  }
}
