package io.github.modernbert.cli.commands;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskModel;
import io.github.modernbert.TaskOptions;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.input.TextSource;
import io.github.modernbert.cli.options.RankingOptions;
import io.github.modernbert.cli.options.TaskModelOptions;
import io.github.modernbert.cli.output.BestLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/**
 * The options and steps of commands that rank lines by the scores of a model made for it: query,
 * lines and model.
 */
final class RankingRun {
  @Mixin private RankingOptions ranking = new RankingOptions();
  @Mixin private TaskModelOptions model = new TaskModelOptions();

  String query() {
    return ranking.query();
  }

  /** The options of a task with those that all tasks have. */
  <O extends TaskOptions<O>> O applyTo(O options) {
    return model.applyTo(options);
  }

  /**
   * Checks the options, loads the model, and prints the best lines.
   *
   * @param scores computes the scores of lines, in their order
   * @return the command's exit code
   */
  <M extends TaskModel, O> int run(
      Console console,
      BiFunction<Path, LoadOptions, M> load,
      Supplier<O> options,
      TextRun.Computation<M, O, Float> scores)
      throws IOException {
    TextSource source = ranking.source(console);
    O checked = model.check(options);
    BestLines best;
    try (Stream<String> texts = source.open();
        M loaded = model.load(load)) {
      best = ranking.rank(texts, lines -> model.check(() -> scores.apply(loaded, lines, checked)));
    }
    best.print(console, model.json());
    return ExitCode.OK;
  }
}
