package io.github.modernbert.cli.commands;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.VectorFiles;
import io.github.modernbert.cli.console.CommandException;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.ProgressBar;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.ModelOptions;
import io.github.modernbert.cli.options.RankingOptions;
import io.github.modernbert.cli.options.SpecialTokensOption;
import io.github.modernbert.cli.output.BestLines;
import io.github.modernbert.config.SimilarityFunction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
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
      "  modernbert embed --file notes.txt --output notes.npy",
      "  modernbert search \"opening hours\" --file notes.txt --vectors notes.npy",
      "",
      "Prints score, line number and text, best first. Query and lines get the prompts that the",
      "model has for queries and documents; scores are by the model's own similarity function.",
      "",
      "--vectors reads a vector for each line from a file that 'embed --output' wrote, .npy or",
      ".safetensors, so that the query alone is embedded. If the model has a prompt for documents,",
      "'embed' must have been given it.",
    })
final class SearchCommand implements ConsoleCommand {
  /** Where sentence-transformers looks for the prompt of a document, in this order. */
  private static final List<String> DOCUMENT_PROMPTS = List.of("document", "passage", "corpus");

  @Mixin private RankingOptions ranking = new RankingOptions();

  @Option(
      names = "--vectors",
      paramLabel = "FILE",
      description = "Take the vectors of the lines from this file instead of computing them.")
  private Optional<Path> vectors = Optional.empty();

  @Option(names = "--json", description = "JSON lines with rank, score, line and text.")
  private boolean json;

  @Mixin private SpecialTokensOption specialTokens = new SpecialTokensOption();
  @Mixin private ModelOptions model = new ModelOptions();

  @Override
  public int run(Console console) throws IOException {
    TextSource source = ranking.source(console);
    OptionalLong total = console.errIsTerminal() ? source.count() : OptionalLong.empty();
    Optional<Embeddings> stored = vectors.map(VectorFiles::map);
    BestLines best;
    try (Stream<String> texts = source.open();
        TextEmbedder embedder = model.embedder()) {
      if (stored.isPresent()) {
        best = best(texts.iterator(), hits(embedder, stored.get()), stored.get().size());
      } else {
        try (var progress = new ProgressBar(console.err(), console.errIsTerminal(), total)) {
          best = ranking.rank(texts, each -> scores(embedder, each, progress));
        }
      }
    }
    best.print(console, json);
    return ExitCode.OK;
  }

  private Map<Integer, Float> hits(TextEmbedder embedder, Embeddings stored) {
    float[] wanted = embedder.embed(ranking.query(), prompted(embedder.info(), List.of("query")));
    if (stored.dimension() != wanted.length) {
      throw new CommandException(
          "%s: expected vectors of %d dimensions as the model's, found %d"
              .formatted(vectors.orElseThrow(), wanted.length, stored.dimension()));
    }
    return Similarity.topK(wanted, stored, ranking.top(), embedder.similarity()).stream()
        .collect(Collectors.toMap(Similarity.Hit::index, Similarity.Hit::score));
  }

  /** The lines that are hits; there must be as many lines as vectors. */
  private BestLines best(Iterator<String> texts, Map<Integer, Float> hits, int count) {
    var best = new BestLines(ranking.top());
    int line = 0;
    for (; texts.hasNext(); line++) {
      String text = texts.next();
      Float score = hits.get(line);
      if (score != null) {
        best.add(new BestLines.Line(line + 1L, score, text));
      }
    }
    if (line != count) {
      throw new CommandException(
          "%s: expected a vector for each of the %d lines of %s, found %d"
              .formatted(vectors.orElseThrow(), line, ranking.file(), count));
    }
    return best;
  }

  private Stream<Float> scores(TextEmbedder embedder, Stream<String> texts, ProgressBar progress) {
    ModelInfo info = embedder.info();
    SimilarityFunction function = embedder.similarity();
    float[] wanted = embedder.embed(ranking.query(), prompted(info, List.of("query")));
    EmbedOptions options = prompted(info, DOCUMENT_PROMPTS).progress(progress);
    return embedder.embed(texts, options).map(e -> Similarity.score(function, wanted, e.vector()));
  }

  private EmbedOptions prompted(ModelInfo info, List<String> names) {
    EmbedOptions options = specialTokens.applyTo(EmbedOptions.defaults());
    return names.stream()
        .filter(info.prompts()::containsKey)
        .findFirst()
        .map(options::prompt)
        .orElse(options);
  }
}
