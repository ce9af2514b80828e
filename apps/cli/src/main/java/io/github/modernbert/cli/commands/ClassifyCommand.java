package io.github.modernbert.cli.commands;

import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextPair;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert classify}. */
@Command(
    name = "classify",
    description = "Writes the labels of each text, by a model with a text classification head.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert classify --model ~/models/sentiment \"What a fine day!\"",
      "  modernbert classify --model ~/models/sentiment --top 1 --json --file reviews.txt",
      "  modernbert classify --model ~/models/nli \"A cat sleeps.\" --pair \"An animal rests.\"",
      "",
      "A line of JSON is {\"index\":0,\"tokens\":12,\"truncated\":false,",
      "\"labels\":[{\"label\":\"good\",\"score\":0.98}, ...]}, best label first.",
    })
final class ClassifyCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

  @Option(
      names = "--pair",
      paramLabel = "TEXT",
      description = "A second text that is read with each of the texts, such as a hypothesis.")
  private Optional<String> pair = Optional.empty();

  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "Write the best K labels only. Default: all.")
  private Optional<Integer> top = Optional.empty();

  @Option(
      names = "--scores",
      paramLabel = "FUNCTION",
      description =
          "${COMPLETION-CANDIDATES}: what is made of the logits. Default: as the model says.")
  private Optional<ScoreFunction> scores = Optional.empty();

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  ClassifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = texts.source(console);
    ClassifyOptions options = Usage.check(command, this::options);
    try (TextClassifier classifier = model.load(TextClassifier::load)) {
      TextLines.write(
          console,
          source,
          lines -> Usage.check(command, () -> classify(classifier, lines, options)),
          new LabelLines(model.json()));
    }
    return ExitCode.OK;
  }

  private Stream<Classification> classify(
      TextClassifier classifier, Stream<String> lines, ClassifyOptions options) {
    return pair.isPresent()
        ? classifier.classifyPairs(lines.map(text -> new TextPair(text, pair.get())), options)
        : classifier.classify(lines, options);
  }

  private ClassifyOptions options() {
    ClassifyOptions options = model.applyTo(ClassifyOptions.defaults());
    options = top.isPresent() ? options.topK(top.get()) : options;
    return scores.isPresent() ? options.scoreFunction(scores.get()) : options;
  }
}
