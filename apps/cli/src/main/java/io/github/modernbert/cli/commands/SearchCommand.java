package io.github.modernbert.cli.commands;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.ProgressBar;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.ModelOptions;
import io.github.modernbert.cli.options.RankingOptions;
import io.github.modernbert.cli.output.BestLines;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code modernbert search}. */
@Command(
    name = "search",
    description = "Ranks the lines of a file by how well they answer a query.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert search \"opening hours\" --file notes.txt",
      "  grep -v '^$' notes.txt | modernbert search \"opening hours\" --file - --top 3 --json",
      "",
      "Prints score, line number and text, best first. Query and lines get the prompts that the",
      "model has for queries and documents; scores are by the model's own similarity function.",
    })
final class SearchCommand implements Callable<Integer> {
  /** Where sentence-transformers looks for the prompt of a document, in this order. */
  private static final List<String> DOCUMENT_PROMPTS = List.of("document", "passage", "corpus");

  private final Console console;

  @Mixin private RankingOptions ranking = new RankingOptions();

  @Option(names = "--json", description = "JSON lines with rank, score, line and text.")
  private boolean json;

  @Mixin private ModelOptions model = new ModelOptions();

  SearchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = ranking.source(console);
    OptionalLong total = console.errIsTerminal() ? source.count() : OptionalLong.empty();
    BestLines best;
    try (Stream<String> texts = source.open();
        TextEmbedder embedder = model.embedder();
        var progress = new ProgressBar(console.err(), console.errIsTerminal(), total)) {
      best = ranking.rank(texts, each -> scores(embedder, each, progress));
    }
    best.print(console, json);
    return ExitCode.OK;
  }

  private Stream<Float> scores(TextEmbedder embedder, Stream<String> texts, ProgressBar progress) {
    ModelInfo info = embedder.info();
    var score = new Score(embedder.similarity());
    float[] wanted = embedder.embed(ranking.query(), prompted(info, List.of("query")));
    EmbedOptions options = prompted(info, DOCUMENT_PROMPTS).progress(progress);
    return embedder.embed(texts, options).map(e -> score.of(wanted, e.vector()));
  }

  private static EmbedOptions prompted(ModelInfo info, List<String> names) {
    return names.stream()
        .filter(info.prompts()::containsKey)
        .findFirst()
        .map(EmbedOptions.defaults()::prompt)
        .orElse(EmbedOptions.defaults());
  }
}
