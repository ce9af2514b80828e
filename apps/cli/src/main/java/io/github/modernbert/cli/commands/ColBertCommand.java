package io.github.modernbert.cli.commands;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
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

/** {@code modernbert colbert}. */
@Command(
    name = "colbert",
    description = "Ranks the lines of a file by late interaction with a query, token by token.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Example|@",
      "  modernbert colbert --model ~/models/GTE-ModernColBERT-v1 \"opening hours\" -f notes.txt",
      "",
      "Prints score (MaxSim), line number and text, best first. --max-length is for lines.",
    })
final class ColBertCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private RankingOptions ranking = new RankingOptions();

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  ColBertCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = ranking.source(console);
    ColBertOptions options = Usage.check(command, () -> model.applyTo(ColBertOptions.defaults()));
    BestLines best;
    try (Stream<String> texts = source.open();
        ColBert encoder = model.load(ColBert::load)) {
      TokenEmbeddings query = encoder.encodeQuery(ranking.query());
      best =
          ranking.rank(
              texts,
              each ->
                  Usage.check(command, () -> encoder.encodeDocuments(each, options))
                      .map(document -> encoder.similarity(query, document)));
    }
    best.print(console, model.json());
    return ExitCode.OK;
  }
}
