package io.github.modernbert;

/**
 * The weight of a token in a sparse vector.
 *
 * @param id the token's id, its dimension in the vector
 * @param token its spelling in the vocabulary
 * @param weight its weight, above 0
 */
public record TokenWeight(int id, String token, float weight) {}
