package io.github.modernbert.cli.commands;

import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.PseudoLikelihood;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code modernbert likelihood}. */
@Command(
    name = "likelihood",
    description = "Tells how well texts fit a masked language model.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Example|@",
      "  modernbert likelihood --model ModernBERT-base \"He sells bread.\" \"He bread sells.\"",
      "",
      "Prints pseudo-log-likelihood, pseudo-perplexity, the number of tokens without special ones,",
      "and the text. Each token is masked in turn, so long texts take long. A line of JSON is",
      "{\"index\":0,\"log_likelihood\":-9.2,\"perplexity\":4.6,\"truncated\":false,\"tokens\":[...],",
      "\"log_probabilities\":[...]}.",
    })
final class LikelihoodCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();
  @Mixin private TaskModelOptions model = new TaskModelOptions();

  LikelihoodCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = texts.source(console);
    FillMaskOptions options = Usage.check(command, () -> model.applyTo(FillMaskOptions.defaults()));
    try (FillMask filler = model.load(FillMask::load)) {
      TextLines.write(
          console,
          source,
          lines -> Usage.check(command, () -> filler.pseudoLikelihood(lines, options)),
          (index, text, found) -> model.json() ? json(index, found) : line(text, found));
    }
    return ExitCode.OK;
  }

  private static String line(String text, PseudoLikelihood found) {
    return String.format(
        Locale.ROOT,
        "%.4f  %.4f  %d  |  %s\n",
        found.logLikelihood(),
        found.perplexity(),
        found.tokens().size(),
        text);
  }

  private static String json(long index, PseudoLikelihood found) {
    return new JsonLine()
        .with("index", index)
        .with("log_likelihood", found.logLikelihood())
        .with("perplexity", found.perplexity())
        .with("truncated", found.truncated())
        .with("tokens", found.tokens())
        .with("log_probabilities", found.logProbabilities())
        .line();
  }
}
