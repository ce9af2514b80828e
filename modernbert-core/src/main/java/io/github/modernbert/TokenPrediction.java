package io.github.modernbert;

/**
 * A predicted token in place of a mask.
 *
 * @param id the token's id
 * @param token its text, with the space before it if it begins a word
 * @param score its probability among the whole vocabulary
 * @param sequence the text with this token in place of the mask; with its special tokens if there
 *     are several masks, since the others would be missing otherwise
 */
public record TokenPrediction(int id, String token, float score, String sequence) {}
