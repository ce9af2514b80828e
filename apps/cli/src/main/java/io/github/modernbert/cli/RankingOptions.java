package io.github.modernbert.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is looked for, in which lines. */
final class RankingOptions {
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

  String query() {
    return query;
  }

  TextSource source(Console console) {
    return TextSource.lines(file, console);
  }

  /** Where the best lines are collected. */
  BestLines best() {
    if (top < 1) {
      throw Usage.error(command, "--top must be at least 1, found " + top);
    }
    return new BestLines(top);
  }
}
