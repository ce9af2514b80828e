package io.github.modernbert.cli.options;

import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.WeightType;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for loading a model: threads, kernels, precision and memory. */
final class LoadingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute. Default: all processors.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      description =
          "auto, codegen, vector, portable. All give the same bits; auto, the default, is the"
              + " fastest that runs here.")
  private KernelChoice kernels = KernelChoice.AUTO;

  @Option(
      names = "--token-budget",
      paramLabel = "N",
      description = "Tokens computed at a time; less needs less memory. Default: 4096.")
  private Optional<Integer> tokenBudget = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description =
          "float32, the default, or int8: linear layers of the encoder in 8-bit integers, with less"
              + " memory and results that are close.")
  private Precision precision = Precision.FLOAT32;

  @Option(
      names = "--weights",
      paramLabel = "NAME",
      description =
          "float32, the default, or bfloat16: half the memory, the same results if the model is"
              + " bfloat16.")
  private WeightType weights = WeightType.FLOAT32;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description =
          "Compute the first N layers alone, for models that were trained for it. Default: all.")
  private Optional<Integer> layers = Optional.empty();

  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      description =
          "Keep packed weights in this folder and map them when the model is loaded again; see"
              + " 'modernbert prepare'.")
  private Optional<Path> cache = Optional.empty();

  LoadOptions load() {
    return Usage.check(
        command,
        () -> {
          LoadOptions options =
              LoadOptions.defaults().kernels(kernels).precision(precision).weights(weights);
          options = Usage.with(options, threads, LoadOptions::threads);
          options = Usage.with(options, cache, LoadOptions::cacheFolder);
          options = Usage.with(options, layers, LoadOptions::layers);
          return Usage.with(options, tokenBudget, LoadOptions::tokenBudget);
        });
  }
}
