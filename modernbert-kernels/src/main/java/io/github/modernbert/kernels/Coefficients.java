package io.github.modernbert.kernels;

/**
 * The constants of {@link FloatMath}, shared with every other implementation of the same functions.
 * Fitted with mpmath 1.3 at 40 digits on Chebyshev nodes, then rounded to float32; numbered by the
 * power they stand before.
 */
public final class Coefficients {
  /** Added to a small float, leaves its nearest integer in the low bits: 1.5 · 2^23. */
  public static final float ROUND_TO_INTEGER = 0x1.8p23f;

  /** The bits of {@link #ROUND_TO_INTEGER}. */
  public static final int ROUND_TO_INTEGER_BITS = 0x4B400000;

  /** Arguments of exp are raised to this: exp is 0 there in float32. */
  public static final float EXP_LOWEST = -105f;

  /** Arguments of exp are lowered to this: exp is infinite there in float32. */
  public static final float EXP_HIGHEST = 89f;

  /** Below this exp is 0 in float32. */
  public static final float EXP_VANISHES = -104f;

  /** 1 / ln 2. */
  public static final float LOG2_E = 0x1.715476p0f;

  /** The upper bits of ln 2: products with integers below 2^9 are exact. */
  public static final float LN2_HIGH = 0x1.62e4p-1f;

  /** ln 2 − {@link #LN2_HIGH}. */
  public static final float LN2_LOW = 0x1.7f7d1cp-20f;

  // (exp(r) − 1 − r) / r² in r, for |r| ≤ 0.348; relative error of exp 8e-9.
  public static final float EXP_4 = 0x1.6d1306p-10f;
  public static final float EXP_3 = 0x1.120d72p-7f;
  public static final float EXP_2 = 0x1.555518p-5f;
  public static final float EXP_1 = 0x1.5554dcp-3f;
  public static final float EXP_0 = 0.5f;

  /** Below this erf is x + x · P(x²), from here on 1 − exp(Q(|x|)). */
  public static final float ERF_SPLIT = 0.92f;

  /** From here on erf is 1 in float32. */
  public static final float ERF_SATURATED = 4f;

  // erf(x) / x − 1 in x², for |x| ≤ 0.927; error 5e-10.
  public static final float ERF_SMALL_6 = 0x1.5e4dd0p-14f;
  public static final float ERF_SMALL_5 = -0x1.aab506p-11f;
  public static final float ERF_SMALL_4 = 0x1.54d5c4p-8f;
  public static final float ERF_SMALL_3 = -0x1.b8100ep-6f;
  public static final float ERF_SMALL_2 = 0x1.ce2e1cp-4f;
  public static final float ERF_SMALL_1 = -0x1.812744p-2f;
  public static final float ERF_SMALL_0 = 0x1.06eba8p-3f;

  // ln(1 − erf(a)) in a, for 0.91 ≤ a ≤ 4; error 1.4e-8.
  public static final float ERF_LARGE_9 = -0x1.9cd042p-25f;
  public static final float ERF_LARGE_8 = 0x1.671962p-19f;
  public static final float ERF_LARGE_7 = -0x1.d3ab12p-15f;
  public static final float ERF_LARGE_6 = 0x1.53b962p-11f;
  public static final float ERF_LARGE_5 = -0x1.42ed44p-8f;
  public static final float ERF_LARGE_4 = 0x1.b6aecap-6f;
  public static final float ERF_LARGE_3 = -0x1.c4d892p-4f;
  public static final float ERF_LARGE_2 = -0x1.434a98p-1f;
  public static final float ERF_LARGE_1 = -0x1.21630cp0f;
  public static final float ERF_LARGE_0 = 0x1.758a14p-12f;

  /** Below this tanh is x + x³ · P(x²), from here on 1 − 2 / (exp(2 |x|) + 1). */
  public static final float TANH_SPLIT = 1.2f;

  // (tanh(x) / x − 1) / x² in x², for |x| ≤ 1.208; error 3.6e-9.
  public static final float TANH_8 = -0x1.b6d49ap-16f;
  public static final float TANH_7 = 0x1.efbc64p-13f;
  public static final float TANH_6 = -0x1.1437dcp-10f;
  public static final float TANH_5 = 0x1.afcb8cp-9f;
  public static final float TANH_4 = -0x1.1dee8ap-7f;
  public static final float TANH_3 = 0x1.65b4fap-6f;
  public static final float TANH_2 = -0x1.ba110ap-5f;
  public static final float TANH_1 = 0x1.1110ecp-3f;
  public static final float TANH_0 = -0x1.555556p-2f;

  /** 1 / √2. */
  public static final float SQRT_HALF = 0x1.6a09e6p-1f;

  /** √(2 / π). */
  public static final float SQRT_TWO_OVER_PI = 0x1.988454p-1f;

  /** The cubic term of the tanh form of GELU (Hendrycks and Gimpel, arXiv:1606.08415). */
  public static final float GELU_CUBIC = 0.044715f;

  /** The factor of the logistic form of GELU, from the same paper. */
  public static final float QUICK_GELU_FACTOR = 1.702f;

  private Coefficients() {}
}
