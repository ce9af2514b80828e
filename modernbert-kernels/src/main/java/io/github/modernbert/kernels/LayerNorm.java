package io.github.modernbert.kernels;

import org.jspecify.annotations.Nullable;

/**
 * Parameters of a layer normalisation (Ba et al., arXiv:1607.06450).
 *
 * @param weight one row
 * @param bias one row, or null
 * @param epsilon added to the variance
 */
public record LayerNorm(Matrix weight, @Nullable Matrix bias, float epsilon) {}
