package io.github.modernbert.cli.options;

import io.github.modernbert.CrossEncoderOptions;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.SparseOptions;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options for the prompt that is put before each text. */
public final class PromptOptions {
  @ArgGroup(exclusive = true)
  private Choice choice = new Choice();

  private static final class Choice {
    @Option(
        names = "--prompt",
        paramLabel = "NAME",
        description = "One of the model's prompts, such as query; 'modernbert info' lists them.")
    private Optional<String> name = Optional.empty();

    @Option(
        names = "--prompt-text",
        paramLabel = "TEXT",
        description = "Put before each text. '' switches the model's default prompt off.")
    private Optional<String> text = Optional.empty();
  }

  public EmbedOptions applyTo(EmbedOptions options) {
    return applyTo(options, EmbedOptions::prompt, EmbedOptions::promptText);
  }

  public CrossEncoderOptions applyTo(CrossEncoderOptions options) {
    return applyTo(options, CrossEncoderOptions::prompt, CrossEncoderOptions::promptText);
  }

  public SparseOptions applyTo(SparseOptions options) {
    return applyTo(options, SparseOptions::prompt, SparseOptions::promptText);
  }

  private <O> O applyTo(
      O options, BiFunction<O, String, O> byName, BiFunction<O, String, O> byText) {
    return Usage.with(Usage.with(options, choice.name, byName), choice.text, byText);
  }
}
