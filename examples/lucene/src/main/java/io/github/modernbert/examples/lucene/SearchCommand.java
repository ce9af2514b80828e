package io.github.modernbert.examples.lucene;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run search}. */
@Command(
    name = "search",
    description = "Finds the passages that answer a query.",
    mixinStandardHelpOptions = true)
final class SearchCommand implements Callable<Integer> {
  private static final int SHOWN_CHARS = 160;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "QUERY", description = "A question, or some words.")
  private String query = "";

  @Option(
      names = "--mode",
      description =
          "${COMPLETION-CANDIDATES}: by words, by vectors, or by both, their ranks fused."
              + " Default: ${DEFAULT-VALUE}.")
  private SearchMode mode = SearchMode.hybrid;

  @Option(names = "--top", paramLabel = "N", description = "How many. Default: ${DEFAULT-VALUE}.")
  private int top = 5;

  @Option(
      names = "--rerank",
      description =
          "Compares the best passages with the query token by token. The bundled model was not"
              + " trained for that; see --reranker.")
  private boolean rerank;

  @Option(
      names = "--reranker",
      paramLabel = "DIR",
      description = "Reranks with this model: a cross-encoder or one of late interaction.")
  private Optional<Path> reranker = Optional.empty();

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description = "How many passages are reranked. Default: ${DEFAULT-VALUE}.")
  private int candidates = 50;

  @Mixin private ExampleOptions options = new ExampleOptions();

  @Override
  public Integer call() throws IOException {
    positive("--top", top);
    positive("--candidates", candidates);
    boolean bySecondModel = reranker.isPresent();
    if (mode == SearchMode.bm25 && (bySecondModel || !rerank)) {
      try (var searcher = PassageSearcher.open(options.index(), Optional.empty())) {
        print(
            bySecondModel
                ? reranked(searcher, Reranker.load(reranker.get()))
                : found(searcher, top));
      }
      return 0;
    }
    try (var embedder = options.embedder();
        var searcher =
            PassageSearcher.open(options.index(), Optional.of(new PromptedEmbedder(embedder)))) {
      print(
          bySecondModel || rerank
              ? reranked(
                  searcher,
                  reranker.map(Reranker::load).orElseGet(() -> new Reranker.TokenVectors(embedder)))
              : found(searcher, top));
    }
    return 0;
  }

  private void positive(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), option + " must be at least 1, found " + value);
    }
  }

  private List<Hit> found(PassageSearcher searcher, int count) throws IOException {
    return searcher.search(query, mode, count);
  }

  private List<Hit> reranked(PassageSearcher searcher, Reranker model) throws IOException {
    try (model) {
      List<Hit> ranked = model.rerank(query, found(searcher, Math.max(candidates, top)));
      return ranked.subList(0, Math.min(top, ranked.size()));
    }
  }

  private void print(List<Hit> hits) {
    PrintWriter out = spec.commandLine().getOut();
    for (Hit hit : hits) {
      String text = hit.passage().text();
      out.printf(
          Locale.ROOT,
          "%.4f  %s #%d  %s%n",
          hit.score(),
          hit.passage().file(),
          hit.passage().number(),
          text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + " …");
    }
  }
}
