package io.github.modernbert.cli.commands;

import io.github.modernbert.Classification;
import io.github.modernbert.ZeroShotClassifier;
import io.github.modernbert.ZeroShotOptions;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.Usage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
final class ZeroShotCommand implements ConsoleCommand {
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

  @Mixin private TextRun task = new TextRun();

  @Override
  public int run(Console console) throws IOException {
    var line = new LabelLines(task.json());
    return task.run(console, ZeroShotClassifier::load, this::options, this::classify, line);
  }

  private Stream<Classification> classify(
      ZeroShotClassifier classifier, Stream<String> lines, ZeroShotOptions options) {
    return classifier.classify(lines, labels, options);
  }

  private ZeroShotOptions options() {
    ZeroShotOptions options = task.applyTo(ZeroShotOptions.defaults()).multiLabel(multiLabel);
    return Usage.with(options, template, ZeroShotOptions::template);
  }
}
