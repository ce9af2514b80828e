package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Coefficients.*;

/** Elementwise functions of the family's configurations, in float32. */
public enum Activation {
  /** The exact Gaussian error linear unit x · Φ(x). */
  GELU,
  /** Its tanh approximation. */
  GELU_TANH,
  /** Its logistic approximation x · σ(1.702 x). */
  QUICK_GELU,
  /** x · σ(x), also called swish. */
  SILU,
  /** max(x, 0). */
  RELU,
  /** The hyperbolic tangent. */
  TANH,
  /** The logistic function. */
  SIGMOID,
  /** x itself. */
  IDENTITY;

  /** The function's value; implementations on vectors give the same bits. */
  public float apply(float x) {
    return switch (this) {
      case GELU -> 0.5f * x * (1f + FloatMath.erf(x * SQRT_HALF));
      case GELU_TANH -> {
        float inner = SQRT_TWO_OVER_PI * Math.fma(GELU_CUBIC * x * x, x, x);
        yield 0.5f * x * (1f + FloatMath.tanh(inner));
      }
      case QUICK_GELU -> x * FloatMath.sigmoid(QUICK_GELU_FACTOR * x);
      case SILU -> x * FloatMath.sigmoid(x);
      case RELU -> Math.max(x, 0f);
      case TANH -> FloatMath.tanh(x);
      case SIGMOID -> FloatMath.sigmoid(x);
      case IDENTITY -> x;
    };
  }
}
