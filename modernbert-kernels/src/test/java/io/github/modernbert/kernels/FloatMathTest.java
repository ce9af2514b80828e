package io.github.modernbert.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.modernbert.testdata.Golden;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Errors in units in the last place over the whole float range: every {@value #STEP}th bit pattern,
 * or each one with {@code -Dmodernbert.exhaustive=true} (some minutes).
 */
final class FloatMathTest {
  private static final long STEP = Boolean.getBoolean("modernbert.exhaustive") ? 1 : 1009;

  private interface FloatFunction {
    float apply(float x);
  }

  @Test
  void exp() {
    check("exp", FloatMath::exp, Math::exp, 1.1);
    assertEquals(0f, FloatMath.exp(Float.NEGATIVE_INFINITY));
    assertEquals(1f, FloatMath.exp(0f));
    assertEquals(1f, FloatMath.exp(-0f));
    assertEquals(Float.POSITIVE_INFINITY, FloatMath.exp(Float.POSITIVE_INFINITY));
  }

  @Test
  void erf() {
    check("erf", FloatMath::erf, FloatMathTest::erf64, 1.2);
    assertEquals(1f, FloatMath.erf(Float.POSITIVE_INFINITY));
    assertEquals(-1f, FloatMath.erf(Float.NEGATIVE_INFINITY));
  }

  @Test
  void tanh() {
    check("tanh", FloatMath::tanh, Math::tanh, 1.6);
    assertEquals(1f, FloatMath.tanh(Float.POSITIVE_INFINITY));
    assertEquals(-1f, FloatMath.tanh(Float.NEGATIVE_INFINITY));
  }

  @Test
  void sigmoid() {
    check("sigmoid", FloatMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), 2.2);
    assertEquals(1f, FloatMath.sigmoid(Float.POSITIVE_INFINITY));
    assertEquals(0f, FloatMath.sigmoid(Float.NEGATIVE_INFINITY));
  }

  private static void check(
      String name, FloatFunction function, DoubleUnaryOperator truth, double bound) {
    double worst = 0;
    float at = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STEP) {
      float x = Float.intBitsToFloat((int) bits);
      float y = function.apply(x);
      double exact = truth.applyAsDouble(x);
      if (Double.isNaN(exact)) {
        assertTrue(Float.isNaN(y), name + " of NaN is " + y);
        continue;
      }
      double error = ulps(y, exact);
      if (!(error <= worst)) {
        worst = error;
        at = x;
      }
    }
    System.out.printf("%s: largest error %.3f ulp, at %s%n", name, worst, at);
    assertTrue(worst <= bound, "%s is %s ulp off at %s".formatted(name, worst, at));
  }

  private static double ulps(float y, double exact) {
    float rounded = (float) exact;
    if (y == rounded) {
      return Float.isInfinite(y) ? 0 : Math.abs(y - exact) / Math.ulp(rounded);
    }
    double ulp = Math.ulp(Float.isInfinite(rounded) ? Float.MAX_VALUE : rounded);
    double finite = Float.isInfinite(y) ? Math.scalb(1.0, 128) * Math.signum(y) : y;
    return Math.abs(finite - exact) / ulp;
  }

  /** Maclaurin series near 0, continued fraction of erfc (Lentz) beyond 2. */
  private static double erf64(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (a > 6) {
      return Math.signum(x);
    }
    if (a < 2) {
      double term = a;
      double sum = a;
      for (int n = 1; n < 60; n++) {
        term *= -a * a / n;
        sum += term / (2 * n + 1);
      }
      return Math.copySign(sum * 2 / Math.sqrt(Math.PI), x);
    }
    double fraction = a;
    for (int n = 80; n >= 1; n--) {
      fraction = a + n / 2.0 / fraction;
    }
    double erfc = Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction);
    return Math.copySign(1 - erfc, x);
  }

  @Test
  void activationsAgreeWithTheReference() {
    var file = Golden.root().resolve("functions/activations.safetensors");
    var table = FunctionTable.read(file);
    float[] x = table.floats("x");
    int checked = 0;
    for (String name : table.names()) {
      if (!name.endsWith(".truth")) {
        continue;
      }
      String function = name.substring(0, name.length() - ".truth".length());
      double[] truth = table.doubles(name);
      float[] reference = table.floats(function + ".hf32");
      double worst = 0;
      double allowed = 0;
      for (int i = 0; i < x.length; i++) {
        float y = activation(function).apply(x[i]);
        if (!Double.isFinite(truth[i])) {
          assertEquals((float) truth[i], y, function + " of " + x[i]);
          continue;
        }
        worst = Math.max(worst, relative(y, truth[i]));
        if (Float.isFinite(reference[i])) {
          allowed = Math.max(allowed, relative(reference[i], truth[i]));
        }
      }
      System.out.printf("%s: error %.3g, reference %.3g%n", function, worst, allowed);
      assertTrue(worst <= 2 * allowed, "%s: %s > 2 x %s".formatted(function, worst, allowed));
      checked++;
    }
    Golden.report("activation functions", checked);
  }

  /** Error beside the size of the numbers that the result is made of. */
  private static double relative(float y, double truth) {
    return Math.abs(y - truth) / Math.max(1, Math.abs(truth));
  }

  private static Activation activation(String name) {
    return switch (name) {
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "silu", "swish" -> Activation.SILU;
      case "relu" -> Activation.RELU;
      case "tanh" -> Activation.TANH;
      case "sigmoid" -> Activation.SIGMOID;
      default -> throw new AssertionError("no activation " + name);
    };
  }
}
