package io.github.modernbert.cli.options;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that the commands of tasks share: the model and how texts are read. */
public final class TaskModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = NamedModel.LABEL,
      required = true,
      description = {
        NamedModel.DESCRIPTION,
        "It must be made for this: 'modernbert info' tells what a model can do."
      })
  private Optional<NamedModel> model = Optional.empty();

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Read at most N tokens at once, special ones included.")
  private Optional<Integer> maxLength = Optional.empty();

  @Mixin private SpecialTokensOption specialTokens = new SpecialTokensOption();

  @Option(names = "--json", description = "A line of JSON for each result.")
  private boolean json;

  @Mixin private LoadingOptions loading = new LoadingOptions();

  public boolean json() {
    return json;
  }

  /** The model. */
  public <M> M load(BiFunction<Path, LoadOptions, M> load) {
    LoadOptions options = loading.load();
    return load.apply(model.orElseThrow().folder(), options);
  }

  /** The options with what was given of how texts are read. */
  public <O extends TaskOptions<O>> O applyTo(O options) {
    return Usage.with(specialTokens.applyTo(options), maxLength, O::maxLength);
  }

  /** The result of a step that uses nothing but options, so what it refuses is wrong usage. */
  public <T> T check(Supplier<T> step) {
    return Usage.check(command, step);
  }
}
