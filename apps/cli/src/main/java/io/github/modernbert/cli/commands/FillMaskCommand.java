package io.github.modernbert.cli.commands;

import com.google.gson.annotations.SerializedName;
import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.FilledMask;
import io.github.modernbert.TokenPrediction;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code modernbert fill-mask}. */
@Command(
    name = "fill-mask",
    description = "Finds the tokens that fit in place of [MASK].",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert fill-mask --model ModernBERT-base \"The bakery sells [MASK].\"",
      "  modernbert fill-mask --model ModernBERT-base --target \" good\" --target \" bad\" \\",
      "      --json < reviews.txt",
      "",
      "Prints probability, token, and the text with the token, best first; an empty line between",
      "masks. A line of JSON is"
          + " {\"index\":0,\"truncated\":false,\"masks\":[{\"start\":18,\"end\":24,",
      "\"predictions\":[{\"score\":0.4,\"token\":7,\"token_str\":\" it\",\"sequence\":...},"
          + " ...]}]}.",
    })
final class FillMaskCommand implements ConsoleCommand {
  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "How many tokens to find for each mask. Default: 5.")
  private int top = 5;

  @Option(
      names = "--target",
      paramLabel = "TOKEN",
      description =
          "Consider this token only; can be repeated. A word inside a sentence has its space"
              + " before it.")
  private List<String> targets = List.of();

  @Mixin private TextRun task = new TextRun();

  @Override
  public int run(Console console) throws IOException {
    return task.run(console, FillMask::load, this::options, FillMask::fill, this::lines);
  }

  private FillMaskOptions options() {
    FillMaskOptions options = task.applyTo(FillMaskOptions.defaults()).topK(top);
    return targets.isEmpty() ? options : options.targets(targets);
  }

  private String lines(long index, String text, List<FilledMask> masks) {
    if (task.json()) {
      return new JsonLine()
          .with("index", index)
          .with("truncated", masks.getFirst().truncated())
          .with("masks", masks.stream().map(JsonMask::of).toList())
          .line();
    }
    var lines = new StringBuilder();
    for (FilledMask mask : masks) {
      lines.append(index == 0 && lines.isEmpty() ? "" : "\n");
      for (TokenPrediction p : mask.predictions()) {
        String token = JsonLine.text(p.token());
        lines.append(
            String.format(Locale.ROOT, "%.4f  %-14s  %s\n", p.score(), token, p.sequence()));
      }
    }
    return lines.toString();
  }

  private record JsonMask(int start, int end, List<JsonPrediction> predictions) {
    static JsonMask of(FilledMask mask) {
      return new JsonMask(
          mask.start(), mask.end(), mask.predictions().stream().map(JsonPrediction::of).toList());
    }
  }

  /** The keys are those of the pipeline of transformers. */
  private record JsonPrediction(
      float score, int token, @SerializedName("token_str") String text, String sequence) {
    static JsonPrediction of(TokenPrediction p) {
      return new JsonPrediction(p.score(), p.id(), p.token(), p.sequence());
    }
  }
}
