package io.github.modernbert.cli.options;

import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.output.BestLines;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of a search: the query, the lines to search, and the number of results. */
public final class RankingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

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

  public String query() {
    return query;
  }

  /** How many lines are wanted. */
  public int top() {
    return top;
  }

  /** The file of the lines as messages name it. */
  public String file() {
    return file.toString().equals("-") ? "standard input" : file.toString();
  }

  /** The lines, once the options are checked. */
  public TextSource source(Console console) {
    if (top < 1) {
      throw Usage.error(command, "--top must be at least 1, found " + top);
    }
    return TextSource.lines(file, console);
  }

  /**
   * The best lines.
   *
   * @param model gives the scores of lines, in their order
   */
  public BestLines rank(Stream<String> lines, Function<Stream<String>, Stream<Float>> model) {
    var best = new BestLines(top);
    // Holds the texts whose scores are under way: those of one group.
    var texts = new ArrayDeque<String>();
    Iterator<Float> scores = model.apply(lines.peek(texts::add)).iterator();
    for (long line = 1; scores.hasNext(); line++) {
      float score = scores.next();
      best.add(new BestLines.Line(line, score, texts.remove()));
    }
    return best;
  }
}
