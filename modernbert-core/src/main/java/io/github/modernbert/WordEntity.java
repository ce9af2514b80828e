package io.github.modernbert;

/**
 * A labelled part of a text that was given as words: an entity, or a token with {@link
 * Aggregation#NONE}.
 *
 * @param label without {@code B-} or {@code I-} for an entity, as the model has it for a token
 * @param score its probability, for an entity the mean over its tokens or words
 * @param firstWord index of the word that it begins in
 * @param lastWord index of the word that it ends in
 * @param text the part of the text, which has one space between words; an entity may begin or end
 *     within a word
 */
public record WordEntity(String label, float score, int firstWord, int lastWord, String text) {}
