package io.github.modernbert.cli;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.TextEmbedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(paramLabel = "QUERY", description = "What to look for.")
  private String query = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "Its lines are ranked (UTF-8); - for standard input.")
  private Path file = Path.of("-");

  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "How many lines to print. Default: 10.")
  private int top = 10;

  @Option(names = "--json", description = "JSON lines with rank, score, line and text.")
  private boolean json;

  @Mixin private ModelOptions model = new ModelOptions();

  SearchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw Usage.error(command, "--top must be at least 1, found " + top);
    }
    TextSource source = TextSource.lines(file, console);
    OptionalLong total = console.errIsTerminal() ? source.count() : OptionalLong.empty();
    var best = new BestLines(top);
    try (Stream<String> lines = source.open();
        TextEmbedder embedder = model.embedder();
        var progress = new ProgressBar(console.err(), console.errIsTerminal(), total)) {
      rank(embedder, lines, progress, best);
    }
    best.print(console, json);
    return ExitCode.OK;
  }

  private void rank(
      TextEmbedder embedder, Stream<String> lines, ProgressBar progress, BestLines best) {
    ModelInfo info = embedder.info();
    var score = new Score(embedder.similarity());
    float[] wanted = embedder.embed(query, prompted(info, List.of("query")));
    EmbedOptions options = prompted(info, DOCUMENT_PROMPTS).progress(progress);
    // Holds the texts whose vectors are under way: those of one group.
    var texts = new ArrayDeque<String>();
    Iterator<Embedding> vectors = embedder.embed(lines.peek(texts::add), options).iterator();
    for (long line = 1; vectors.hasNext(); line++) {
      float[] vector = vectors.next().vector();
      best.add(new BestLines.Line(line, score.of(wanted, vector), texts.remove()));
    }
  }

  private static EmbedOptions prompted(ModelInfo info, List<String> names) {
    return names.stream()
        .filter(info.prompts()::containsKey)
        .findFirst()
        .map(EmbedOptions.defaults()::prompt)
        .orElse(EmbedOptions.defaults());
  }
}
