package io.github.modernbert.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.modernbert.SparseEmbedding;
import io.github.modernbert.SparseEncoder;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TokenWeight;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code modernbert sparse}. */
@Command(
    name = "sparse",
    description = "Writes the sparse vector of each text (SPLADE) as a line of JSON.",
    sortOptions = false,
    footer = {
      "",
      "@|bold Examples|@",
      "  modernbert sparse --model ~/models/splade \"Where is the bakery?\"",
      "  modernbert sparse --model ~/models/splade --top 64 --file texts.txt > vectors.jsonl",
      "",
      "A line is {\"index\":0,\"tokens\":12,\"truncated\":false,\"weights\":[{\"id\":...,",
      "\"token\":...,\"weight\":...},...]}, largest weights first.",
    })
final class SparseCommand implements Callable<Integer> {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private final Console console;

  @Spec private CommandSpec command = CommandSpec.create();
  @Mixin private TextOptions texts = new TextOptions();

  @Option(
      names = {"-k", "--top"},
      paramLabel = "K",
      description = "Keep the K largest weights. Default: as many as the model keeps.")
  private Optional<Integer> top = Optional.empty();

  @Mixin private PromptOptions prompt = new PromptOptions();
  @Mixin private ModelOptions model = new ModelOptions();

  SparseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    SparseOptions options = Usage.check(command, this::options);
    TextSource source = texts.source(console);
    try (SparseEncoder encoder = model.required(SparseEncoder::load);
        Stream<String> lines = source.open();
        Stream<SparseEmbedding> results =
            Usage.check(command, () -> encoder.encode(lines, options))) {
      Writer out = console.text();
      int index = 0;
      for (Iterator<SparseEmbedding> each = results.iterator(); each.hasNext(); index++) {
        SparseEmbedding vector = each.next();
        var line = new JsonVector(index, vector.tokens(), vector.truncated(), vector.weights());
        out.write(GSON.toJson(line) + "\n");
      }
      out.flush();
    }
    return ExitCode.OK;
  }

  private SparseOptions options() {
    SparseOptions options = SparseOptions.defaults();
    options = top.isPresent() ? options.maxActiveDims(top.get()) : options;
    options = prompt.name().isPresent() ? options.prompt(prompt.name().get()) : options;
    return prompt.text().isPresent() ? options.promptText(prompt.text().get()) : options;
  }

  private record JsonVector(int index, int tokens, boolean truncated, List<TokenWeight> weights) {}
}
