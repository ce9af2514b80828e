package io.github.modernbert.cli.commands;

import io.github.modernbert.Models;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.CopyOptions;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class QuantizeCommand implements ConsoleCommand {
  @Mixin private CopyOptions copy = new CopyOptions();

  @Override
  public int run(Console console) throws IOException {
    return copy.run(Models::quantize);
  }
}
