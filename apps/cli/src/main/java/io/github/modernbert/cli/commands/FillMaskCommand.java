package io.github.modernbert.cli.commands;

import com.google.gson.annotations.SerializedName;
import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.FilledMask;
import io.github.modernbert.TokenPrediction;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.JsonLine;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
      "masks. A line of JSON is {\"index\":0,\"masks\":[{\"start\":18,\"end\":24,",
      "\"predictions\":[{\"score\":0.4,\"token\":7,\"token_str\":\" it\",\"sequence\":...},"
          + " ...]}]}.",
    })
final class FillMaskCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

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

  @Mixin private TaskModelOptions model = new TaskModelOptions();

  FillMaskCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = texts.source(console);
    FillMaskOptions options = Usage.check(command, this::options);
    try (FillMask filler = model.load(FillMask::load)) {
      TextLines.write(
          console,
          source,
          lines -> Usage.check(command, () -> filler.fill(lines, options)),
          (index, text, masks) -> model.json() ? json(index, masks) : table(index, masks));
    }
    return ExitCode.OK;
  }

  private FillMaskOptions options() {
    FillMaskOptions options = model.applyTo(FillMaskOptions.defaults()).topK(top);
    return targets.isEmpty() ? options : options.targets(targets);
  }

  private static String table(long index, List<FilledMask> masks) {
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

  private static String json(long index, List<FilledMask> masks) {
    return new JsonLine()
        .with("index", index)
        .with("masks", masks.stream().map(JsonMask::of).toList())
        .line();
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
