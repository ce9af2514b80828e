package io.github.modernbert;

/**
 * A labelled part of a text that was given as words: an entity, or a token with {@link
 * Aggregation#NONE}.
 *
 * @param label the label; for an entity without {@code B-} or {@code I-}
 * @param score the label's probability, from 0 to 1; for an entity the mean over its tokens or
 *     words
 * @param firstWord index of the word in which it begins, from 0
 * @param lastWord index of the word in which it ends
 * @param text the part of the text, which has one space between words; an entity may begin or end
 *     within a word
 */
public record WordEntity(String label, float score, int firstWord, int lastWord, String text) {}
