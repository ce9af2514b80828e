package io.github.modernbert.cli.commands;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.TokenEmbeddings;
import io.github.modernbert.cli.console.Console;
import java.io.IOException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class ColBertCommand implements ConsoleCommand {
  @Mixin private RankingRun task = new RankingRun();

  @Override
  public int run(Console console) throws IOException {
    return task.run(
        console, ColBert::load, () -> task.applyTo(ColBertOptions.defaults()), this::scores);
  }

  private Stream<Float> scores(ColBert encoder, Stream<String> lines, ColBertOptions options) {
    TokenEmbeddings query = encoder.encodeQuery(task.query());
    return encoder
        .encodeDocuments(lines, options)
        .map(document -> encoder.similarity(query, document));
  }
}
