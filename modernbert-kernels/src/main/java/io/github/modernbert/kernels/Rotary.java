package io.github.modernbert.kernels;

/**
 * Tables of rotary position embedding (Su et al., arXiv:2104.09864), half-split form: row p holds
 * the cosines or sines of position p for the first half of a head.
 *
 * @param cos positions × head dim / 2
 * @param sin positions × head dim / 2
 */
public record Rotary(Matrix cos, Matrix sin) {}
