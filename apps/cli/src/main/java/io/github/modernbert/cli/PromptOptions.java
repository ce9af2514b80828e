package io.github.modernbert.cli;

import io.github.modernbert.EmbedOptions;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is put before each text. */
final class PromptOptions {
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

  Optional<String> name() {
    return choice.name;
  }

  Optional<String> text() {
    return choice.text;
  }

  EmbedOptions applyTo(EmbedOptions options) {
    if (choice.name.isPresent()) {
      return options.prompt(choice.name.get());
    }
    return choice.text.isPresent() ? options.promptText(choice.text.get()) : options;
  }
}
