package io.github.modernbert.cli.commands;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.ModelOptions;
import io.github.modernbert.cli.options.PromptOptions;
import io.github.modernbert.cli.options.SpecialTokensOption;
import io.github.modernbert.cli.options.Usage;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code modernbert similarity}. */
@Command(
    name = "similarity",
    description = "Tells how similar texts are: the cosine of their vectors, 1 for the same.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert similarity \"A cat sits on the mat.\" \"A kitten rests on a rug.\"",
      "  modernbert similarity \"red\" \"green\" \"bicycle\"",
    })
final class SimilarityCommand implements ConsoleCommand {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(paramLabel = "TEXT", arity = "2..*", description = "Two texts or more.")
  private List<String> texts = List.of();

  @Option(
      names = "--json",
      description = "One JSON object: the texts, and the cosine of each with each.")
  private boolean json;

  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private SpecialTokensOption specialTokens = new SpecialTokensOption();
  @Mixin private ModelOptions model = new ModelOptions();

  @Override
  public int run(Console console) throws IOException {
    EmbedOptions options = specialTokens.applyTo(prompt.applyTo(EmbedOptions.defaults()));
    float[][] cosines;
    try (TextEmbedder embedder = model.embedder()) {
      Embeddings vectors = Usage.check(command, () -> embedder.embed(texts, options));
      cosines = Similarity.cosineMatrix(vectors);
    }
    Writer out = console.text();
    if (json) {
      var result = new LinkedHashMap<String, Object>();
      result.put("texts", texts);
      result.put("cosine", cosines);
      out.write(GSON.toJson(result) + "\n");
    } else if (texts.size() == 2) {
      out.write(
          format("%.4f", cosines[0][1]) + "  " + texts.get(0) + "  |  " + texts.get(1) + "\n");
    } else {
      table(cosines, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private void table(float[][] cosines, Writer out) throws IOException {
    int digits = String.valueOf(texts.size()).length();
    out.write(" ".repeat(digits));
    for (int i = 1; i <= texts.size(); i++) {
      out.write(format("%9d", i));
    }
    out.write("\n");
    for (int i = 0; i < texts.size(); i++) {
      out.write(format("%" + digits + "d", i + 1));
      for (float cosine : cosines[i]) {
        out.write(format("%9.4f", cosine));
      }
      out.write("   " + texts.get(i) + "\n");
    }
  }

  private static String format(String pattern, Object value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
