package io.github.modernbert;

/**
 * A labelled part of a text: an entity, or a token with {@link Aggregation#NONE}.
 *
 * @param label the label; for an entity without {@code B-} or {@code I-}
 * @param score the label's probability, from 0 to 1; for an entity the mean over its tokens or
 *     words
 * @param start UTF-16 index of its first character in the text
 * @param end UTF-16 index after its last character
 * @param text the text from start to end
 */
public record Entity(String label, float score, int start, int end, String text) {}
