package io.github.modernbert.config;

import java.util.OptionalDouble;

/**
 * The settings of rotary position embedding (RoPE, arXiv:2104.09864) of the layers of one kind,
 * {@code rope_parameters} of {@code config.json}. The table of frequencies is computed from them.
 * Immutable.
 *
 * <p>The types {@code dynamic}, {@code longrope} and {@code proportional} of the reference are
 * refused: with the first two the vector of a text would depend on the texts computed before.
 */
public sealed interface RopeSettings {
  /** The base θ of the frequencies θ^(−2i / head size); finite and above 0. */
  double theta();

  /**
   * {@code default}: the frequencies θ^(−2i / head size).
   *
   * @param theta the base
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
   * {@code yarn} (arXiv:2309.00071): low frequencies divided by a factor, high ones kept, a linear
   * ramp between.
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
   * {@code llama3} (arXiv:2407.21783): long wavelengths multiplied by a factor, short ones kept,
   * interpolated between.
   *
   * @param theta base of the wavelengths
   * @param factor above 0
   * @param lowFreqFactor the original length divided by this is the wavelength above which all are
   *     multiplied
   * @param highFreqFactor the original length divided by this is the wavelength below which all are
   *     kept; above lowFreqFactor
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
