package io.github.modernbert.cli.commands;

import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TokenWeight;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.PromptOptions;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.options.TextOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.JsonLine;
import io.github.modernbert.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert sparse}. */
@Command(
    name = "sparse",
    description = "Writes the sparse vector of each text (SPLADE).",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert sparse --model ~/models/splade --top 10 \"Where is the bakery?\"",
      "  modernbert sparse --model ~/models/splade --json --file texts.txt > vectors.jsonl",
      "",
      "Prints tokens with their weights, largest first, then the text. A line of JSON is",
      "{\"index\":0,\"tokens\":12,\"truncated\":false,\"weights\":[{\"id\":7,\"token\":\"it\",",
      "\"weight\":1.5}, ...]}, with tokens as they stand in the vocabulary.",
    })
final class SparseCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "Keep the K largest weights. Default: as many as the model keeps.")
  private Optional<Integer> top = Optional.empty();

  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private TaskModelOptions model = new TaskModelOptions();

  SparseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TextSource source = texts.source(console);
    SparseOptions options = Usage.check(command, this::options);
    try (SparseEncoder encoder = model.load(SparseEncoder::load)) {
      TextLines.write(
          console,
          source,
          lines -> Usage.check(command, () -> encoder.encode(lines, options)),
          (index, text, vector) ->
              model.json() ? json(index, vector) : line(encoder.tokenizer(), text, vector));
    }
    return ExitCode.OK;
  }

  private SparseOptions options() {
    SparseOptions options = prompt.applyTo(model.applyTo(SparseOptions.defaults()));
    return top.isPresent() ? options.maxActiveDims(top.get()) : options;
  }

  private static String line(Tokenizer tokenizer, String text, SparseEmbedding vector) {
    String weights =
        vector.weights().stream()
            .map(w -> String.format(Locale.ROOT, "%s %.4f", token(tokenizer, w), w.weight()))
            .collect(Collectors.joining("  "));
    return weights + "  |  " + text + "\n";
  }

  /** The text of a token in quotes: in the vocabulary it may stand byte by byte. */
  private static String token(Tokenizer tokenizer, TokenWeight weight) {
    return JsonLine.text(tokenizer.decode(new int[] {weight.id()}, false));
  }

  private static String json(long index, SparseEmbedding vector) {
    return new JsonLine()
        .with("index", index)
        .with("tokens", vector.tokens())
        .with("truncated", vector.truncated())
        .with("weights", vector.weights())
        .line();
  }
}
