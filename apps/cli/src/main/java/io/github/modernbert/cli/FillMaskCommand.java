package io.github.modernbert.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.annotations.SerializedName;
import io.github.modernbert.FillMask;
import io.github.modernbert.FillMaskOptions;
import io.github.modernbert.FilledMask;
import io.github.modernbert.TokenPrediction;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "Prints probability, token, and the text with the token, best first; an empty line before",
      "the next mask. --json prints a line for each text: its masks with their predictions.",
    })
final class FillMaskCommand implements Callable<Integer> {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

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

  @Option(names = "--json", description = "JSON lines.")
  private boolean json;

  @Mixin private ModelOptions model = new ModelOptions();

  FillMaskCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    FillMaskOptions options = Usage.check(command, this::options);
    TextSource source = texts.source(console);
    try (FillMask filler = model.required(FillMask::load);
        Stream<String> lines = source.open();
        Stream<List<FilledMask>> results =
            Usage.check(command, () -> filler.fill(lines, options))) {
      Writer out = console.text();
      int index = 0;
      for (Iterator<List<FilledMask>> each = results.iterator(); each.hasNext(); index++) {
        List<FilledMask> masks = each.next();
        if (json) {
          var line = new JsonText(index, masks.stream().map(FillMaskCommand::json).toList());
          out.write(GSON.toJson(line) + "\n");
        } else {
          write(masks, index == 0, out);
        }
      }
      out.flush();
    }
    return ExitCode.OK;
  }

  private FillMaskOptions options() {
    FillMaskOptions options = FillMaskOptions.defaults().topK(top);
    return targets.isEmpty() ? options : options.targets(targets);
  }

  private static void write(List<FilledMask> masks, boolean first, Writer out) throws IOException {
    String separator = first ? "" : "\n";
    for (FilledMask mask : masks) {
      out.write(separator);
      separator = "\n";
      for (TokenPrediction p : mask.predictions()) {
        String token = GSON.toJson(p.token());
        out.write(String.format(Locale.ROOT, "%.4f  %-14s  %s%n", p.score(), token, p.sequence()));
      }
    }
  }

  /** The keys are those of the pipeline of transformers. */
  private record JsonText(int index, List<JsonMask> masks) {}

  private record JsonMask(int start, int end, List<JsonPrediction> predictions) {}

  private record JsonPrediction(
      float score, int token, @SerializedName("token_str") String text, String sequence) {}

  private static JsonMask json(FilledMask mask) {
    return new JsonMask(
        mask.start(),
        mask.end(),
        mask.predictions().stream()
            .map(p -> new JsonPrediction(p.score(), p.id(), p.token(), p.sequence()))
            .toList());
  }
}
