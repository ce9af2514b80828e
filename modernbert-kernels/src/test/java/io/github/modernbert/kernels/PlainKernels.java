package io.github.modernbert.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The specification as code: nothing but loops over arrays, straight from the rules of the package
 * description. Every implementation must give its bits.
 */
final class PlainKernels {
  private PlainKernels() {}

  /** x · Wᵀ (+ bias) (+ y), for row-major weights. */
  static float[][] multiply(
      float[][] x, float[][] w, float @Nullable [] bias, float @Nullable [][] residual) {
    var y = new float[x.length][w.length];
    for (int r = 0; r < x.length; r++) {
      for (int n = 0; n < w.length; n++) {
        if (w[n].length <= 128) {
          double sum = bias == null ? 0 : bias[n];
          for (int k = 0; k < w[n].length; k++) {
            sum += (double) x[r][k] * w[n][k];
          }
          y[r][n] = (float) (residual == null ? sum : residual[r][n] + sum);
          continue;
        }
        float sum = product(x[r], w[n]);
        if (bias != null) {
          sum = sum + bias[n];
        }
        y[r][n] = residual == null ? sum : residual[r][n] + sum;
      }
    }
    return y;
  }

  /** The nearest values whose lower halves are zero, of two the even one. */
  static float[][] bfloat16(float[][] w) {
    var rounded = new float[w.length][w[0].length];
    for (int n = 0; n < w.length; n++) {
      for (int k = 0; k < w[n].length; k++) {
        int bits = Float.floatToIntBits(w[n][k]);
        int lower = bits & 0xFFFF;
        int down = bits - lower;
        boolean up = lower > 0x8000 || lower == 0x8000 && (down & 0x10000) != 0;
        rounded[n][k] = Float.intBitsToFloat(up ? down + 0x10000 : down);
      }
    }
    return rounded;
  }

  /** x · Wᵀ (+ bias) (+ y) in 8-bit integers; see {@link Quantization}. */
  static float[][] multiplyInt8(
      float[][] x, float[][] w, float @Nullable [] bias, float @Nullable [][] residual) {
    var y = new float[x.length][w.length];
    var weights = new int[w.length][];
    for (int n = 0; n < w.length; n++) {
      weights[n] = integers(w[n], largest(w[n]));
    }
    for (int r = 0; r < x.length; r++) {
      float scale = scale(x[r]);
      int[] q = integers(x[r], largest(x[r]));
      float[] rest = new float[q.length];
      double squares = 0;
      for (int k = 0; k < q.length; k++) {
        rest[k] = Math.fma(-q[k], scale, x[r][k]);
        squares += q[k] * q[k];
      }
      boolean fine =
          scale > 0 && 127 / Math.sqrt(squares / q.length) > Quantization.MAX_CREST_FACTOR;
      var q2 = new int[q.length];
      for (int k = 0; fine && k < q.length; k++) {
        q2[k] = (int) Math.rint(rest[k] * (127f / largest(x[r]) * 254f));
      }
      for (int n = 0; n < w.length; n++) {
        float sum = (float) product(q, weights[n]) * scale;
        if (fine) {
          sum = sum + (float) product(q2, weights[n]) * (scale / 254f);
        }
        sum = sum * scale(w[n]);
        if (bias != null) {
          sum = sum + bias[n];
        }
        y[r][n] = residual == null ? sum : residual[r][n] + sum;
      }
    }
    return y;
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static float scale(float[] values) {
    float largest = largest(values);
    if (largest < 0x1p-100f) {
      return 0;
    }
    return Float.isFinite(largest) ? largest / 127f : Float.NaN;
  }

  private static int[] integers(float[] values, float largest) {
    var q = new int[values.length];
    if (largest >= 0x1p-100f && Float.isFinite(largest)) {
      float inverse = 127f / largest;
      for (int k = 0; k < q.length; k++) {
        q[k] = (int) Math.rint(values[k] * inverse);
      }
    }
    return q;
  }

  private static int product(int[] a, int[] b) {
    int sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  private static float product(float[] a, float[] b) {
    float total = 0;
    for (int block = 0; block < a.length; block += 64) {
      float sum = 0;
      for (int k = block; k < Math.min(a.length, block + 64); k++) {
        sum = Math.fma(a[k], b[k], sum);
      }
      total = block == 0 ? sum : total + sum;
    }
    return total;
  }

  static float[] norm(float[] x, float[] weight, float @Nullable [] bias, float epsilon) {
    if (x.length <= 128) {
      return smallNorm(x, weight, bias, epsilon);
    }
    float mean = Reduction.sum(x) / x.length;
    var d = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      d[i] = x[i] - mean;
    }
    float variance = Reduction.dot(d, d) / x.length;
    float inverse = 1f / (float) Math.sqrt(variance + epsilon);
    var y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      float scaled = d[i] * inverse;
      y[i] = bias == null ? scaled * weight[i] : Math.fma(scaled, weight[i], bias[i]);
    }
    return y;
  }

  private static float[] smallNorm(
      float[] x, float[] weight, float @Nullable [] bias, float epsilon) {
    double sum = 0;
    for (float v : x) {
      sum += v;
    }
    double mean = sum / x.length;
    double squares = 0;
    for (float v : x) {
      squares += (v - mean) * (v - mean);
    }
    double inverse = 1 / Math.sqrt(squares / x.length + epsilon);
    var y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double scaled = (x[i] - mean) * inverse * weight[i];
      y[i] = (float) (bias == null ? scaled : scaled + bias[i]);
    }
    return y;
  }

  /** Turns one head of one position in place. */
  static void rotate(float[] head, float[] cos, float[] sin, float scale) {
    int half = head.length / 2;
    for (int j = 0; j < half; j++) {
      float a = head[j];
      float b = head[j + half];
      head[j] = Math.fma(a, cos[j], -(b * sin[j])) * scale;
      head[j + half] = Math.fma(b, cos[j], a * sin[j]) * scale;
    }
  }

  /** Attention of one query of one head; k and v are [length][head dim]. */
  static float[] attend(float[] q, float[][] k, float[][] v, int query, int reach) {
    int length = k.length;
    int blockStart = query / 28 * 28;
    int blockEnd = Math.min(length, blockStart + 28);
    int first = Math.max(0, blockStart - reach) / 32 * 32;
    long end = Math.min(length, (long) blockEnd - 1 + reach + 1);
    float max = Float.NEGATIVE_INFINITY;
    var lanes = new float[16];
    var sums = new float[q.length];
    for (int key = first; key < end; key += 256) {
      int width = (int) Math.min(end - key, 256);
      var s = new float[width];
      float blockMax = Float.NEGATIVE_INFINITY;
      boolean any = false;
      for (int j = 0; j < width; j++) {
        boolean seen = Math.abs((long) key + j - query) <= reach;
        any |= seen;
        s[j] = seen ? product(q, k[key + j]) : Float.NEGATIVE_INFINITY;
        blockMax = Math.max(blockMax, s[j]);
      }
      if (!any) {
        continue;
      }
      float newMax = Math.max(max, blockMax);
      float scale = FloatMath.exp(max - newMax);
      max = newMax;
      for (int i = 0; i < 16; i++) {
        lanes[i] *= scale;
      }
      for (int j = 0; j < width; j++) {
        s[j] = FloatMath.exp(s[j] - newMax);
        lanes[j % 16] += s[j];
      }
      for (int d = 0; d < q.length; d++) {
        var column = new float[width];
        for (int j = 0; j < width; j++) {
          column[j] = v[key + j][d];
        }
        float sum = product(s, column);
        sums[d] = Math.fma(sums[d], scale, sum);
      }
    }
    float total = Reduction.pairwiseSum(Arrays.copyOf(lanes, 16));
    for (int d = 0; d < q.length; d++) {
      sums[d] = sums[d] / total;
    }
    return sums;
  }
}
