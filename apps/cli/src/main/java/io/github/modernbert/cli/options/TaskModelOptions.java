package io.github.modernbert.cli.options;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TaskOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that the commands of tasks share: the model and how texts are read. */
public final class TaskModelOptions {
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

  public <O extends TaskOptions<O>> O applyTo(O options) {
    O reading = specialTokens.applyTo(options);
    return maxLength.isPresent() ? reading.maxLength(maxLength.get()) : reading;
  }
}
