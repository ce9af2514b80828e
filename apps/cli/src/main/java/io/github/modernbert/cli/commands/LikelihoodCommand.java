package io.github.modernbert.cli.commands;

import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.PseudoLikelihood;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class LikelihoodCommand implements ConsoleCommand {
  @Mixin private TextRun task = new TextRun();

  @Override
  public int run(Console console) throws IOException {
    return task.run(
        console,
        FillMask::load,
        () -> task.applyTo(FillMaskOptions.defaults()),
        FillMask::pseudoLikelihood,
        this::line);
  }

  private String line(long index, String text, PseudoLikelihood found) {
    if (task.json()) {
      return new JsonLine()
          .with("index", index)
          .with("log_likelihood", found.logLikelihood())
          .with("perplexity", found.perplexity())
          .with("truncated", found.truncated())
          .with("tokens", found.tokens())
          .with("log_probabilities", found.logProbabilities())
          .line();
    }
    return String.format(
        Locale.ROOT,
        "%.4f  %.4f  %d  |  %s\n",
        found.logLikelihood(),
        found.perplexity(),
        found.tokens().size(),
        text);
  }
}
