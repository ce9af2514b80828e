package io.github.modernbert;

import java.util.List;

/**
 * A text with its possible continuations.
 *
 * @param prompt the text, such as a story or a question
 * @param choices its possible continuations; at least one
 */
public record ChoiceQuestion(String prompt, List<String> choices) {}
