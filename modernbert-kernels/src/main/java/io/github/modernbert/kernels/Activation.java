package io.github.modernbert.kernels;

import static io.github.modernbert.kernels.Coefficients.*;

/** Elementwise functions of the family's configurations, in float32. */
public enum Activation {
  /** The exact Gaussian error linear unit x · Φ(x). */
  GELU {
    @Override
    public float apply(float x) {
      return 0.5f * x * (1f + FloatMath.erf(x * SQRT_HALF));
    }
  },
  /** Its tanh approximation. */
  GELU_TANH {
    @Override
    public float apply(float x) {
      float inner = SQRT_TWO_OVER_PI * Math.fma(GELU_CUBIC * x * x, x, x);
      return 0.5f * x * (1f + FloatMath.tanh(inner));
    }
  },
  /** Its logistic approximation x · σ(1.702 x). */
  QUICK_GELU {
    @Override
    public float apply(float x) {
      return x * FloatMath.sigmoid(QUICK_GELU_FACTOR * x);
    }
  },
  /** x · σ(x), also called swish. */
  SILU {
    @Override
    public float apply(float x) {
      return x * FloatMath.sigmoid(x);
    }
  },
  /** max(x, 0). */
  RELU {
    @Override
    public float apply(float x) {
      return Math.max(x, 0f);
    }
  },
  /** The hyperbolic tangent. */
  TANH {
    @Override
    public float apply(float x) {
      return FloatMath.tanh(x);
    }
  },
  /** The logistic function. */
  SIGMOID {
    @Override
    public float apply(float x) {
      return FloatMath.sigmoid(x);
    }
  },
  /** x itself. */
  IDENTITY {
    @Override
    public float apply(float x) {
      return x;
    }
  };

  /** The function's value; implementations on vectors give the same bits. */
  public abstract float apply(float x);
}
