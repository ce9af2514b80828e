package io.github.modernbert;

/**
 * A token in place of a mask.
 *
 * @param id of the token
 * @param token its text, with a space before it where a word begins
 * @param score its probability
 * @param sequence the text with this token in place of the mask; with its special tokens if there
 *     are several masks, since the others would be missing otherwise
 */
public record TokenPrediction(int id, String token, float score, String sequence) {}
