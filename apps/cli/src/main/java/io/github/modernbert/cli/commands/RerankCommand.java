package io.github.modernbert.cli.commands;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.TextPair;
import io.github.modernbert.cli.console.CommandException;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.PromptOptions;
import io.github.modernbert.cli.options.RankingOptions;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.BestLines;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code modernbert rerank}. */
@Command(
    name = "rerank",
    description = "Ranks the lines of a file by a cross-encoder, which reads each with the query.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert rerank --model ~/models/reranker \"opening hours\" --file hits.txt",
      "  modernbert search \"rain\" -f notes.txt -k 50 --json | jq -r .text > hits.txt",
      "",
      "Prints score, line number and text, best first. Slower and better than 'search', so it is",
      "best used on what 'search' has found.",
    })
final class RerankCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private RankingOptions ranking = new RankingOptions();

  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private TaskModelOptions model = new TaskModelOptions();

  RerankCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = ranking.source(console);
    CrossEncoderOptions options =
        Usage.check(command, () -> model.applyTo(prompt.applyTo(CrossEncoderOptions.defaults())));
    BestLines best;
    try (Stream<String> texts = source.open();
        CrossEncoder encoder = model.load(CrossEncoder::load)) {
      if (encoder.labels().size() != 1) {
        throw new CommandException(
            "ranking needs a model with one label, this one has %s; use 'classify --pair'"
                .formatted(encoder.labels()));
      }
      best =
          ranking.rank(
              texts,
              each ->
                  Usage.check(command, () -> encoder.predict(pairs(each), options))
                      .map(PairScores::value));
    }
    best.print(console, model.json());
    return ExitCode.OK;
  }

  private Stream<TextPair> pairs(Stream<String> texts) {
    return texts.map(text -> new TextPair(ranking.query(), text));
  }
}
