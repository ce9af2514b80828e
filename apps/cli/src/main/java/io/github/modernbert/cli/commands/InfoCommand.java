package io.github.modernbert.cli.commands;

import com.google.gson.GsonBuilder;
import io.github.modernbert.TaskModel;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.ModelOptions;
import java.io.IOException;
import java.io.Writer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code modernbert info}. */
@Command(
    name = "info",
    description = "Tells what a model is, what it can do, and what computes it here.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert info",
      "  modernbert info --model ~/models/gte-modernbert-base --json",
    })
final class InfoCommand implements ConsoleCommand {
  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Mixin private ModelOptions model = new ModelOptions();

  @Override
  public int run(Console console) throws IOException {
    InfoReport report;
    try (TaskModel loaded = model.any()) {
      report = new InfoReport(loaded, model.load().tokenBudget());
    }
    Writer out = console.text();
    if (json) {
      var gson = new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();
      out.write(gson.toJson(report.json()) + "\n");
    } else {
      out.write(report.text());
    }
    out.flush();
    return ExitCode.OK;
  }
}
