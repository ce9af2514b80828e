package io.github.modernbert;

/**
 * The weight of a token in a sparse vector.
 *
 * @param id of the token
 * @param token as it stands in the vocabulary
 * @param weight above 0
 */
public record TokenWeight(int id, String token, float weight) {}
