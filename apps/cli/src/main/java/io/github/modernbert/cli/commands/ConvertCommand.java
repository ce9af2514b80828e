package io.github.modernbert.cli.commands;

import io.github.modernbert.Models;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.CopyOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class ConvertCommand implements ConsoleCommand {
  @Mixin private CopyOptions copy = new CopyOptions();

  @Override
  public int run(Console console) throws IOException {
    return copy.run(Models::convert);
  }
}
