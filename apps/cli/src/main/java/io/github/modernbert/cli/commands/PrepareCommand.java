package io.github.modernbert.cli.commands;

import io.github.modernbert.Models;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.PrepareOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code modernbert prepare}. */
@Command(
    name = "prepare",
    description =
        "Packs the weights of a model as loading does, and keeps them in a folder: with '--cache'"
            + " and that folder they are not packed again, and processes share their memory. Prints"
            + " the name of the file.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Example|@",
      "  modernbert prepare ~/models/gte-modernbert-base --output ~/.cache/modernbert",
      "  modernbert embed --model ~/models/gte-modernbert-base --cache ~/.cache/modernbert"
          + " \"hello\"",
      "",
      "Give the same '--precision', '--weights' and '--layers' as later: each combination has a"
          + " file of its own.",
    })
final class PrepareCommand implements ConsoleCommand {
  @Mixin private PrepareOptions options = new PrepareOptions();

  @Override
  public int run(Console console) throws IOException {
    Path file = Models.prepare(options.source(), options.folder(), options.load());
    console.text().write(file + "\n");
    console.text().flush();
    return ExitCode.OK;
  }
}
