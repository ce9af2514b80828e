package io.github.modernbert.cli;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.PairScores;
import io.github.modernbert.TextPair;
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

  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private TaskModelOptions model = new TaskModelOptions();

  RerankCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    CrossEncoderOptions options =
        Usage.check(
            command, () -> model.applyTo(prompt.applyTo(CrossEncoderOptions.defaults()).topK(top)));
    var best = new BestLines(top);
    try (Stream<String> lines = TextSource.lines(file, console).open();
        CrossEncoder encoder = model.load(CrossEncoder::load)) {
      if (encoder.labels().size() != 1) {
        throw new Failure(
            "ranking needs a model with one label, this one has %s; use 'classify --pair'"
                .formatted(encoder.labels()));
      }
      // Holds the texts whose scores are under way: those of one group.
      var texts = new ArrayDeque<String>();
      Stream<TextPair> pairs = lines.peek(texts::add).map(text -> new TextPair(query, text));
      Iterator<PairScores> scores =
          Usage.check(command, () -> encoder.predict(pairs, options)).iterator();
      for (long line = 1; scores.hasNext(); line++) {
        best.add(new BestLines.Line(line, scores.next().value(), texts.remove()));
      }
    }
    best.print(console, model.json());
    return ExitCode.OK;
  }
}
