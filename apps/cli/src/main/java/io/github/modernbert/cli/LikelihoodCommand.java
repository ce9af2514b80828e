package io.github.modernbert.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.PseudoLikelihood;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
      "Prints the pseudo-log-likelihood, the pseudo-perplexity, and the number of tokens, special",
      "ones left out. Each token is masked in turn, so long texts take long.",
    })
final class LikelihoodCommand implements Callable<Integer> {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final Console console;

  @Mixin private TextOptions texts = new TextOptions();

  @Option(names = "--json", description = "JSON lines, with the value of each token.")
  private boolean json;

  @Mixin private ModelOptions model = new ModelOptions();

  LikelihoodCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = texts.source(console);
    try (FillMask filler = model.required(FillMask::load);
        Stream<String> lines = source.open();
        Stream<PseudoLikelihood> results =
            filler.pseudoLikelihood(lines, FillMaskOptions.defaults())) {
      Writer out = console.text();
      int index = 0;
      for (Iterator<PseudoLikelihood> each = results.iterator(); each.hasNext(); index++) {
        PseudoLikelihood found = each.next();
        out.write(json ? jsonLine(index, found) : line(found));
      }
      out.flush();
    }
    return ExitCode.OK;
  }

  private static String line(PseudoLikelihood found) {
    return String.format(
        Locale.ROOT,
        "%.4f  %.4f  %d%n",
        found.logLikelihood(),
        found.perplexity(),
        found.tokens().size());
  }

  private static String jsonLine(int index, PseudoLikelihood found) {
    var line = new LinkedHashMap<String, Object>();
    line.put("index", index);
    line.put("log_likelihood", found.logLikelihood());
    line.put("perplexity", found.perplexity());
    line.put("truncated", found.truncated());
    line.put("tokens", found.tokens());
    line.put("log_probabilities", found.logProbabilities());
    return GSON.toJson(line) + "\n";
  }
}
