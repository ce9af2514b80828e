package io.github.modernbert.cli;

import io.github.modernbert.ColBert;
import io.github.modernbert.ColBertOptions;
import io.github.modernbert.TokenEmbeddings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  ColBertCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw Usage.error(command, "--top must be at least 1, found " + top);
    }
    ColBertOptions options = Usage.check(command, () -> model.applyTo(ColBertOptions.defaults()));
    var best = new BestLines(top);
    try (Stream<String> lines = TextSource.lines(file, console).open();
        ColBert encoder = model.load(ColBert::load)) {
      TokenEmbeddings wanted = encoder.encodeQuery(query);
      // Holds the texts whose vectors are under way: those of one group.
      var texts = new ArrayDeque<String>();
      Iterator<TokenEmbeddings> documents =
          Usage.check(command, () -> encoder.encodeDocuments(lines.peek(texts::add), options))
              .iterator();
      for (long line = 1; documents.hasNext(); line++) {
        float score = encoder.similarity(wanted, documents.next());
        best.add(new BestLines.Line(line, score, texts.remove()));
      }
    }
    best.print(console, model.json());
    return ExitCode.OK;
  }
}
