package io.github.modernbert.server.api;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TaskOptions;
import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.tokenizer.Direction;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The members of a request that say how texts are read: {@code truncate}, {@code
 * truncation_direction}, {@code prompt_name}. What is missing is as the settings say.
 */
public final class TextReading {
  private final Settings.Reading defaults;
  private @Nullable Boolean truncate;
  private Direction truncationSide = Direction.RIGHT;
  private @Nullable String promptName;

  /** All as the settings say. */
  public TextReading(Settings.Reading defaults) {
    this.defaults = defaults;
  }

  /**
   * Reads a member if it is one of these, and skips it if not.
   *
   * @param name the member's name
   */
  public void read(JsonInput in, String name) throws IOException {
    switch (name) {
      case "truncate" -> truncate = in.truthOrNull(name);
      case "truncation_direction" -> truncationSide = side(in.text(name));
      case "prompt_name" -> promptName = in.textOrNull(name);
      default -> in.skip();
    }
  }

  private static Direction side(String direction) {
    return switch (direction.toLowerCase(Locale.ROOT)) {
      case "left" -> Direction.LEFT;
      case "right" -> Direction.RIGHT;
      default ->
          throw JsonInput.invalid(
              "`truncation_direction`: expected Left or Right, found '" + direction + "'");
    };
  }

  /** Whether texts that are too long are cut. */
  public boolean truncates() {
    return truncate == null ? defaults.autoTruncate() : truncate;
  }

  /** Which end of them is cut. */
  public Direction truncationSide() {
    return truncationSide;
  }

  /** Options of any task with this truncation. */
  public <O extends TaskOptions<O>> O applyTo(O options) {
    return options.truncate(truncates()).truncationSide(truncationSide);
  }

  /** Options for vectors with this truncation and prompt. */
  public EmbedOptions prompted(EmbedOptions options) {
    return prompted(applyTo(options), EmbedOptions::prompt, EmbedOptions::promptText);
  }

  /** Options for sparse vectors with this truncation and prompt. */
  public SparseOptions prompted(SparseOptions options) {
    return prompted(applyTo(options), SparseOptions::prompt, SparseOptions::promptText);
  }

  private <O> O prompted(
      O options, BiFunction<O, String, O> byName, BiFunction<O, String, O> byText) {
    String name = promptName();
    if (name != null) {
      return byName.apply(options, name);
    }
    return defaults.defaultPrompt().isPresent()
        ? byText.apply(options, defaults.defaultPrompt().get())
        : options;
  }

  /** The prompt that the request or the settings choose; empty if neither does. */
  public Optional<String> prompt(ModelInfo info) {
    String name = promptName();
    if (name == null) {
      return defaults.defaultPrompt();
    }
    String prompt = info.prompts().get(name);
    if (prompt == null) {
      throw JsonInput.invalid(
          "the model has no prompt '%s'; it has %s".formatted(name, info.prompts().keySet()));
    }
    return Optional.of(prompt);
  }

  private @Nullable String promptName() {
    return promptName != null ? promptName : defaults.defaultPromptName().orElse(null);
  }
}
