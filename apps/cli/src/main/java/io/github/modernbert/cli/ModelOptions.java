package io.github.modernbert.cli;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.Models;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TextEmbedder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which model, and how it is run. */
final class ModelOptions {
  /** The names that core knows. */
  enum Kernels {
    auto,
    vector,
    portable
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Folder of a model: config.json, tokenizer.json, model.safetensors, and modules.json"
              + " if sentence-transformers saved it. Default: the small English model that comes"
              + " with the program.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute. Default: all processors.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      description =
          "${COMPLETION-CANDIDATES}. All give the same bits; auto, the default, is the fastest"
              + " that runs here.")
  private Kernels kernels = Kernels.auto;

  @Option(
      names = "--token-budget",
      paramLabel = "N",
      description = "Tokens computed at a time; less needs less memory. Default: 4096.")
  private Optional<Integer> tokenBudget = Optional.empty();

  Optional<Path> folder() {
    return model;
  }

  LoadOptions load() {
    return Usage.check(
        command,
        () -> {
          LoadOptions options = LoadOptions.defaults().kernels(kernels.name());
          options = threads.isPresent() ? options.threads(threads.get()) : options;
          return tokenBudget.isPresent() ? options.tokenBudget(tokenBudget.get()) : options;
        });
  }

  /** The model, as what it was made for. */
  TaskModel any() {
    LoadOptions options = load();
    return model
        .map(folder -> Models.load(folder, options))
        .orElseGet(() -> TextEmbedder.bundled(options));
  }

  /** The model of a task for which no model comes with the program. */
  <M> M required(BiFunction<Path, LoadOptions, M> load) {
    Path folder =
        model.orElseThrow(() -> Usage.error(command, "Missing required option: '--model=DIR'"));
    return load.apply(folder, load());
  }

  TextEmbedder embedder() {
    LoadOptions options = load();
    return model
        .map(folder -> TextEmbedder.load(folder, options))
        .orElseGet(() -> TextEmbedder.bundled(options));
  }
}
