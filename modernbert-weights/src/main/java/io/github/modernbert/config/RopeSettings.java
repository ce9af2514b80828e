package io.github.modernbert.config;

import java.util.OptionalDouble;

/**
 * How the layers of one kind rotate queries and keys: the {@code rope_parameters} of {@code
 * config.json}. The library computes the table of frequencies that follows.
 *
 * <p>The types {@code dynamic}, {@code longrope} and {@code proportional} of the reference are
 * refused: with the first two the vector of a text depends on what else was run.
 */
public sealed interface RopeSettings {
  /** The base of the wavelengths; finite and above 0. */
  double theta();

  /**
   * {@code default}.
   *
   * @param theta base of the wavelengths
   */
  record Default(double theta) implements RopeSettings {}

  /**
   * {@code linear}: all frequencies divided by a factor.
   *
   * @param theta base of the wavelengths
   * @param factor above 0
   */
  record Linear(double theta, double factor) implements RopeSettings {}

  /**
   * {@code yarn}: low frequencies divided by a factor, high ones kept, a ramp between.
   *
   * @param theta base of the wavelengths, not 1
   * @param factor above 0
   * @param attentionFactor multiplies cosine and sine; already resolved
   * @param betaFast rotations in the original length above which a frequency is kept
   * @param betaSlow rotations in the original length below which it is divided
   * @param originalMaxPositionEmbeddings the original length: positions seen before stretching
   */
  record Yarn(
      double theta,
      double factor,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      double originalMaxPositionEmbeddings)
      implements RopeSettings {

    /** The attention factor of the paper, from {@code mscale} and {@code mscale_all_dim} if set. */
    static double attentionFactor(
        double factor, OptionalDouble mscale, OptionalDouble mscaleAllDim) {
      return mscale.orElse(0) != 0 && mscaleAllDim.orElse(0) != 0
          ? scale(factor, mscale.getAsDouble()) / scale(factor, mscaleAllDim.getAsDouble())
          : scale(factor, 1);
    }

    private static double scale(double factor, double mscale) {
      return factor <= 1 ? 1 : 0.1 * mscale * StrictMath.log(factor) + 1;
    }
  }

  /**
   * {@code llama3}: long wavelengths stretched by a factor, short ones kept, smooth between.
   *
   * @param theta base of the wavelengths
   * @param factor above 0
   * @param lowFreqFactor original length / this = wavelength above which all are stretched
   * @param highFreqFactor original length / this = wavelength below which all are kept; above
   *     lowFreqFactor
   * @param originalMaxPositionEmbeddings the original length: positions seen before stretching
   */
  record Llama3(
      double theta,
      double factor,
      double lowFreqFactor,
      double highFreqFactor,
      double originalMaxPositionEmbeddings)
      implements RopeSettings {}
}
