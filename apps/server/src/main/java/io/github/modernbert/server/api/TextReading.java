package io.github.modernbert.server.api;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.ModelInfo;
import io.github.modernbert.SparseOptions;
import io.github.modernbert.TaskOptions;
import io.github.modernbert.server.api.Body.Form;
import io.github.modernbert.server.api.Body.Member;
import io.github.modernbert.server.config.Settings;
import io.github.modernbert.server.http.JsonInput;
import io.github.modernbert.tokenizer.Direction;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * How texts of a request are read, by its members {@code truncate}, {@code truncation_direction}
 * and {@code prompt_name}. What is missing is as the settings say.
 */
public final class TextReading {
  private static final Member<Boolean> TRUNCATE = Member.truthOrNull("truncate");
  private static final Member<Direction> TRUNCATION_DIRECTION =
      Member.of((in, name) -> side(in.text(name)), "truncation_direction");
  private static final Member<String> PROMPT_NAME = Member.textOrNull("prompt_name");

  /** The form of requests that say how texts are read, and nothing else. */
  public static final Form FORM = Form.of(TRUNCATE, TRUNCATION_DIRECTION, PROMPT_NAME);

  private final Settings.Reading defaults;
  private final boolean truncates;
  private final Direction truncationSide;
  private final Optional<String> promptName;

  /** As a body says; what it does not say is as the defaults are. */
  public TextReading(Body body, Settings.Reading defaults) {
    this.defaults = defaults;
    truncates = body.get(TRUNCATE, defaults.autoTruncate());
    truncationSide = body.get(TRUNCATION_DIRECTION, Direction.RIGHT);
    promptName = Optional.ofNullable(body.find(PROMPT_NAME)).or(defaults::defaultPromptName);
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
    return truncates;
  }

  /** Which end of them is cut. */
  public Direction truncationSide() {
    return truncationSide;
  }

  /** Options of any task with this truncation. */
  public <O extends TaskOptions<O>> O applyTo(O options) {
    return options.truncate(truncates).truncationSide(truncationSide);
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
    if (promptName.isPresent()) {
      return byName.apply(options, promptName.get());
    }
    return defaults.defaultPrompt().isPresent()
        ? byText.apply(options, defaults.defaultPrompt().get())
        : options;
  }

  /** The prompt that the request or the settings choose; empty if neither does. */
  public Optional<String> prompt(ModelInfo info) {
    if (promptName.isEmpty()) {
      return defaults.defaultPrompt();
    }
    String prompt = info.prompts().get(promptName.get());
    if (prompt == null) {
      throw JsonInput.invalid(
          "the model has no prompt '%s'; it has %s"
              .formatted(promptName.get(), info.prompts().keySet()));
    }
    return Optional.of(prompt);
  }
}
