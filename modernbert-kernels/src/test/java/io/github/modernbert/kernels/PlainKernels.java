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
    var y = new float[x.length][];
    var weights = new int[w.length][];
    var scales = new float[w.length];
    for (int n = 0; n < w.length; n++) {
      weights[n] = integers(w[n]);
      scales[n] = scale(w[n]);
    }
    for (int r = 0; r < x.length; r++) {
      y[r] = multiplyInt8(x[r], weights, scales);
      for (int n = 0; n < w.length; n++) {
        if (bias != null) {
          y[r][n] = y[r][n] + bias[n];
        }
        if (residual != null) {
          y[r][n] = residual[r][n] + y[r][n];
        }
      }
    }
    return y;
  }

  private static float[] multiplyInt8(float[] x, int[][] weights, float[] scales) {
    float scale = scale(x);
    int[] q = integers(x);
    float[] rest = new float[q.length];
    double squares = 0;
    for (int k = 0; k < q.length; k++) {
      rest[k] = Math.fma(-q[k], scale, x[k]);
      squares += q[k] * q[k];
    }
    boolean fine = scale > 0 && 127 / Math.sqrt(squares / q.length) > Quantization.MAX_CREST_FACTOR;
    var q2 = new int[q.length];
    for (int k = 0; fine && k < q.length; k++) {
      q2[k] = (int) Math.rint(rest[k] * (127f / largest(x) * 254f));
    }
    var y = new float[weights.length];
    for (int n = 0; n < y.length; n++) {
      y[n] = (float) product(q, weights[n]) * scale;
      if (fine) {
        y[n] = y[n] + (float) product(q2, weights[n]) * (scale / 254f);
      }
      y[n] = y[n] * scales[n];
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

  private static int[] integers(float[] values) {
    float largest = largest(values);
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

  /** The products of attention of one query of one head. */
  interface AttentionProducts {
    /** Scores of the keys from one on. */
    float[] scores(float[] q, float[][] k, int from, int count);

    /** Multiplies the sums with a scale and adds the weighted values of the keys from one on. */
    void weigh(float[] weights, float[][] v, int from, float scale, float[] sums);
  }

  static final AttentionProducts FLOATS =
      new AttentionProducts() {
        @Override
        public float[] scores(float[] q, float[][] k, int from, int count) {
          var s = new float[count];
          for (int j = 0; j < count; j++) {
            s[j] = product(q, k[from + j]);
          }
          return s;
        }

        @Override
        public void weigh(float[] weights, float[][] v, int from, float scale, float[] sums) {
          for (int d = 0; d < sums.length; d++) {
            var column = new float[weights.length];
            for (int j = 0; j < column.length; j++) {
              column[j] = v[from + j][d];
            }
            sums[d] = Math.fma(sums[d], scale, product(weights, column));
          }
        }
      };

  /** See "Attention" in {@link Quantization}. */
  static final AttentionProducts INTEGERS =
      new AttentionProducts() {
        @Override
        public float[] scores(float[] q, float[][] k, int from, int count) {
          return multiplyInt8(
              new float[][] {q}, Arrays.copyOfRange(k, from, from + count), null, null)[0];
        }

        @Override
        public void weigh(float[] weights, float[][] v, int from, float scale, float[] sums) {
          var scaled = new float[weights.length];
          var values = new int[sums.length][weights.length];
          for (int j = 0; j < weights.length; j++) {
            scaled[j] = weights[j] * scale(v[from + j]);
            int[] value = integers(v[from + j]);
            for (int d = 0; d < sums.length; d++) {
              values[d][j] = value[d];
            }
          }
          var ones = new float[sums.length];
          Arrays.fill(ones, 1f);
          float[] step = multiplyInt8(scaled, values, ones);
          for (int d = 0; d < sums.length; d++) {
            sums[d] = sums[d] * scale + step[d];
          }
        }
      };

  /** Attention of one query of one head; k and v are [length][head dim]. */
  static float[] attend(
      AttentionProducts products, float[] q, float[][] k, float[][] v, int query, int reach) {
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
      float[] s = products.scores(q, k, key, width);
      float blockMax = Float.NEGATIVE_INFINITY;
      boolean any = false;
      for (int j = 0; j < width; j++) {
        boolean seen = Math.abs((long) key + j - query) <= reach;
        any |= seen;
        s[j] = seen ? s[j] : Float.NEGATIVE_INFINITY;
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
      products.weigh(s, v, key, scale, sums);
    }
    float total = Reduction.pairwiseSum(Arrays.copyOf(lanes, 16));
    for (int d = 0; d < q.length; d++) {
      sums[d] = sums[d] / total;
    }
    return sums;
  }
}
