package io.github.modernbert.cli.commands;

import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert zero-shot}. */
@Command(
    name = "zero-shot",
    description = "Tells which of your labels fit each text, by a model of language inference.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert zero-shot --model ~/models/nli -l sports -l cooking \"Whisk the eggs.\"",
      "  modernbert zero-shot --model ~/models/nli -l urgent --multi-label --file mails.txt",
      "",
      "Each text is read with a sentence about each label; --template changes it. Without",
      "--multi-label one label is right, and the scores of a text sum up to 1.",
    })
final class ZeroShotCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

  @Option(
      names = {"-l", "--label"},
      paramLabel = "LABEL",
      required = true,
      description = "A label; repeat it for more.")
  private List<String> labels = List.of();

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description = "The sentence, with {} for the label. Default: This example is {}.")
  private Optional<String> template = Optional.empty();

  @Option(names = "--multi-label", description = "Any number of labels can be right.")
  private boolean multiLabel;

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  ZeroShotCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = texts.source(console);
    ZeroShotOptions options = Usage.check(command, this::options);
    try (ZeroShotClassifier classifier = model.load(ZeroShotClassifier::load)) {
      TextLines.write(
          console,
          source,
          lines -> Usage.check(command, () -> classifier.classify(lines, labels, options)),
          new LabelLines(model.json()));
    }
    return ExitCode.OK;
  }

  private ZeroShotOptions options() {
    ZeroShotOptions options = model.applyTo(ZeroShotOptions.defaults()).multiLabel(multiLabel);
    return template.isPresent() ? options.template(template.get()) : options;
  }
}
