package io.github.modernbert.weights;

import io.github.modernbert.config.RopeSettings;
import java.util.Arrays;

/**
 * The inverse frequencies by which positions become angles, and the factor on cosine and sine.
 *
 * {@snippet :
 * RopeSettings rope = config.rope(LayerType.FULL_ATTENTION);
 * float[] inverse = RotaryFrequencies.of(rope, config.headDim()).inverse();
 * float angle = position * inverse[j];
 * }
 *
 * <p>Computed in float32 with the rounding steps of the reference, and with {@link StrictMath}: the
 * same bits on every machine. These roundings are part of the model, since long positions magnify
 * them. Immutable.
 */
public final class RotaryFrequencies {
  private static final float TWO_PI = (float) (2 * Math.PI);

  private final float[] inverse;
  private final double attentionFactor;

  private RotaryFrequencies(float[] inverse, double attentionFactor) {
    this.inverse = inverse;
    this.attentionFactor = attentionFactor;
  }

  /**
   * Computes the table.
   *
   * @param headDim even, at least 2
   * @throws IllegalArgumentException if it is not
   */
  public static RotaryFrequencies of(RopeSettings settings, int headDim) {
    if (headDim < 2 || headDim % 2 != 0) {
      throw new IllegalArgumentException("headDim: expected even and above 0, found " + headDim);
    }
    float[] wavelengths = wavelengths(settings.theta(), headDim);
    return switch (settings) {
      case RopeSettings.Default d -> new RotaryFrequencies(reciprocals(wavelengths), 1);
      case RopeSettings.Linear linear ->
          new RotaryFrequencies(linear(reciprocals(wavelengths), (float) linear.factor()), 1);
      case RopeSettings.Yarn yarn ->
          new RotaryFrequencies(yarn(wavelengths, yarn, headDim), yarn.attentionFactor());
      case RopeSettings.Llama3 llama3 ->
          new RotaryFrequencies(llama3(reciprocals(wavelengths), llama3), 1);
    };
  }

  /** The inverse frequencies, half as many as the head has dimensions; the caller's own copy. */
  public float[] inverse() {
    return inverse.clone();
  }

  /** The factor on cosine and sine; 1 except for YaRN. */
  public double attentionFactor() {
    return attentionFactor;
  }

  /** Powers of theta: wavelengths over 2 pi. */
  private static float[] wavelengths(double theta, int headDim) {
    double base = (float) theta;
    var powers = new float[headDim / 2];
    for (int j = 0; j < powers.length; j++) {
      float exponent = (float) (2 * j) / headDim;
      powers[j] = (float) StrictMath.pow(base, exponent);
    }
    return powers;
  }

  private static float[] reciprocals(float[] values) {
    var reciprocals = new float[values.length];
    for (int j = 0; j < values.length; j++) {
      reciprocals[j] = 1f / values[j];
    }
    return reciprocals;
  }

  private static float[] linear(float[] inverse, float factor) {
    for (int j = 0; j < inverse.length; j++) {
      inverse[j] /= factor;
    }
    return inverse;
  }

  private static float[] yarn(float[] wavelengths, RopeSettings.Yarn yarn, int headDim) {
    double low = Math.max(Math.floor(rampEnd(yarn.betaFast(), yarn, headDim)), 0);
    double high = Math.min(Math.ceil(rampEnd(yarn.betaSlow(), yarn, headDim)), headDim - 1);
    if (low == high) {
      high += 0.001;
    }
    var inverse = new float[wavelengths.length];
    for (int j = 0; j < inverse.length; j++) {
      float ramp = (j - (float) low) / (float) (high - low);
      float kept = 1f - Math.clamp(ramp, 0f, 1f);
      float stretched = 1f / ((float) yarn.factor() * wavelengths[j]);
      inverse[j] = stretched * (1f - kept) + 1f / wavelengths[j] * kept;
    }
    return inverse;
  }

  /** The dimension whose wavelength fits so often into the original length. */
  private static double rampEnd(double rotations, RopeSettings.Yarn yarn, int headDim) {
    double length = yarn.originalMaxPositionEmbeddings();
    return headDim
        * StrictMath.log(length / (rotations * 2 * Math.PI))
        / (2 * StrictMath.log(yarn.theta()));
  }

  private static float[] llama3(float[] inverse, RopeSettings.Llama3 llama3) {
    double length = llama3.originalMaxPositionEmbeddings();
    float longest = (float) (length / llama3.lowFreqFactor());
    float shortest = (float) (length / llama3.highFreqFactor());
    float factor = (float) llama3.factor();
    float low = (float) llama3.lowFreqFactor();
    float span = (float) (llama3.highFreqFactor() - llama3.lowFreqFactor());
    for (int j = 0; j < inverse.length; j++) {
      float wavelength = 1f / inverse[j] * TWO_PI;
      if (wavelength > longest) {
        inverse[j] /= factor;
      } else if (!(wavelength < shortest)) {
        float smooth = (1f / wavelength * (float) length - low) / span;
        inverse[j] = (1f - smooth) * inverse[j] / factor + smooth * inverse[j];
      }
    }
    return inverse;
  }

  /** The table and the factor. */
  @Override
  public String toString() {
    return "RotaryFrequencies" + Arrays.toString(inverse) + " x " + attentionFactor;
  }
}
