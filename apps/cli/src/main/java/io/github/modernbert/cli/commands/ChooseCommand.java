package io.github.modernbert.cli.commands;

import io.github.modernbert.Choice;
import io.github.modernbert.ChoiceOptions;
import io.github.modernbert.ChoiceQuestion;
import io.github.modernbert.MultipleChoice;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code modernbert choose}. */
@Command(
    name = "choose",
    description = "Tells which of several continuations fits a text.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert choose --model ~/models/swag \"The baker got up.\" \"He baked.\" \"He flew.\"",
      "",
      "Prints probability and text of each, best first.",
    })
final class ChooseCommand implements ConsoleCommand {
  @Parameters(index = "0", paramLabel = "TEXT", description = "What shall be continued.")
  private String prompt = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "CHOICE",
      description = "What may follow it.")
  private List<String> choices = List.of();

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  @Override
  public int run(Console console) throws IOException {
    ChoiceOptions options = model.check(() -> model.applyTo(ChoiceOptions.defaults()));
    List<Choice> ranked;
    try (MultipleChoice chooser = model.load(MultipleChoice::load)) {
      var question = new ChoiceQuestion(prompt, choices);
      ranked = model.check(() -> chooser.choose(question, options));
    }
    Writer out = console.text();
    for (Choice choice : ranked) {
      out.write(
          model.json()
              ? new JsonLine()
                  .with("index", choice.index())
                  .with("score", choice.score())
                  .with("logit", choice.logit())
                  .with("text", choice.text())
                  .line()
              : String.format(Locale.ROOT, "%.4f  %s\n", choice.score(), choice.text()));
    }
    out.flush();
    return ExitCode.OK;
  }
}
