package io.github.modernbert.cli.commands;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.TextPair;
import io.github.modernbert.cli.console.CommandException;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.PromptOptions;
import java.io.IOException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class RerankCommand implements ConsoleCommand {
  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private RankingRun task = new RankingRun();

  @Override
  public int run(Console console) throws IOException {
    return task.run(
        console,
        CrossEncoder::load,
        () -> task.applyTo(prompt.applyTo(CrossEncoderOptions.defaults())),
        this::scores);
  }

  private Stream<Float> scores(
      CrossEncoder encoder, Stream<String> lines, CrossEncoderOptions options) {
    if (encoder.labels().size() != 1) {
      throw new CommandException(
          "ranking needs a model with one label, this one has %s; use 'classify --pair'"
              .formatted(encoder.labels()));
    }
    return encoder
        .predict(lines.map(text -> new TextPair(task.query(), text)), options)
        .map(PairScores::value);
  }
}
