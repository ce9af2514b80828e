package io.github.modernbert.tasks;

import java.util.Optional;

/**
 * The prompt that options ask for: one of the model's, a text, or, if neither is given, the model's
 * default.
 *
 * @param name the prompt's name in the model's files
 * @param text the prompt itself; then there is no name
 */
public record PromptChoice(Optional<String> name, Optional<String> text) {
  /** The model's default prompt. */
  public static final PromptChoice DEFAULT = new PromptChoice(Optional.empty(), Optional.empty());

  /**
   * The model's prompt of a name.
   *
   * @throws IllegalArgumentException if it is null
   */
  public static PromptChoice named(String name) {
    return new PromptChoice(Optional.of(Arguments.notNull(name, "prompt")), Optional.empty());
  }

  /**
   * A text.
   *
   * @throws IllegalArgumentException if it is null
   */
  public static PromptChoice of(String text) {
    return new PromptChoice(Optional.empty(), Optional.of(Arguments.notNull(text, "promptText")));
  }
}
