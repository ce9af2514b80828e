package io.github.modernbert.cli.commands;

import io.github.modernbert.Classification;
import io.github.modernbert.ClassifyOptions;
import io.github.modernbert.ScoreFunction;
import io.github.modernbert.TextClassifier;
import io.github.modernbert.TextPair;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.Usage;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
final class ClassifyCommand implements ConsoleCommand {
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

  @Mixin private TextRun task = new TextRun();

  @Override
  public int run(Console console) throws IOException {
    var line = new LabelLines(task.json());
    return task.run(console, TextClassifier::load, this::options, this::classify, line);
  }

  private Stream<Classification> classify(
      TextClassifier classifier, Stream<String> lines, ClassifyOptions options) {
    return pair.isPresent()
        ? classifier.classifyPairs(lines.map(text -> new TextPair(text, pair.get())), options)
        : classifier.classify(lines, options);
  }

  private ClassifyOptions options() {
    ClassifyOptions options = task.applyTo(ClassifyOptions.defaults());
    options = Usage.with(options, top, ClassifyOptions::topK);
    return Usage.with(options, scores, ClassifyOptions::scoreFunction);
  }
}
