package io.github.modernbert.cli.commands;

import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TokenWeight;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.options.PromptOptions;
import io.github.modernbert.cli.options.Usage;
import io.github.modernbert.cli.output.JsonLine;
import io.github.modernbert.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
final class SparseCommand implements ConsoleCommand {
  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "Keep the K largest weights. Default: as many as the model keeps.")
  private Optional<Integer> top = Optional.empty();

  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private TextRun task = new TextRun();

  @Override
  public int run(Console console) throws IOException {
    return task.run(console, SparseEncoder::load, this::options, this::encode, this::line);
  }

  private SparseOptions options() {
    SparseOptions options = prompt.applyTo(task.applyTo(SparseOptions.defaults()));
    return Usage.with(options, top, SparseOptions::maxActiveDims);
  }

  /** The vector of a text, and the tokenizer that knows its tokens. */
  private record Sparse(SparseEmbedding vector, Tokenizer tokenizer) {}

  private Stream<Sparse> encode(
      SparseEncoder encoder, Stream<String> lines, SparseOptions options) {
    return encoder.encode(lines, options).map(vector -> new Sparse(vector, encoder.tokenizer()));
  }

  private String line(long index, String text, Sparse result) {
    SparseEmbedding vector = result.vector();
    if (task.json()) {
      return JsonLine.ofText(index, vector.tokens(), vector.truncated())
          .with("weights", vector.weights())
          .line();
    }
    String weights =
        vector.weights().stream()
            .map(weight -> weight(result.tokenizer(), weight))
            .collect(Collectors.joining("  "));
    return weights + "  |  " + text + "\n";
  }

  /** A token in quotes, whose text in the vocabulary may stand byte by byte, and its weight. */
  private static String weight(Tokenizer tokenizer, TokenWeight weight) {
    String token = JsonLine.text(tokenizer.decode(new int[] {weight.id()}, false));
    return String.format(Locale.ROOT, "%s %.4f", token, weight.weight());
  }
}
