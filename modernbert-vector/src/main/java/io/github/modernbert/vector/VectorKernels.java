package io.github.modernbert.vector;

import static io.github.modernbert.vector.Species.BYTES;
import static io.github.modernbert.vector.Species.FLOAT;
import static io.github.modernbert.vector.Species.FLOATS;
import static io.github.modernbert.vector.Species.LANES;
import static io.github.modernbert.vector.Species.ORDER;

import io.github.modernbert.kernels.Activation;
import io.github.modernbert.kernels.BlockKernels;
import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.Reduction;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The innermost loops on vectors of {@link Species#LANES} floats. */
final class VectorKernels extends BlockKernels {
  /** Vectors that hold the partial results of a reduction. */
  private static final int GROUPS = Reduction.LANES / LANES;

  @Override
  public String name() {
    return "vector (%d bit)".formatted(FLOATS.vectorBitSize());
  }

  @Override
  public int panelWidth() {
    return FmaTiles.VECTORS * LANES;
  }

  @Override
  protected int tileRows(int rows) {
    return FmaTiles.rows(rows);
  }

  @Override
  protected void tile(
      int rows,
      MemorySegment a,
      long aOffset,
      long aStride,
      MemorySegment b,
      long bOffset,
      long bStride,
      int depth,
      MemorySegment c,
      long cOffset,
      long cStride) {
    FmaTiles.multiply(rows, a, aOffset, aStride, b, bOffset, bStride, depth, c, cOffset, cStride);
  }

  @Override
  protected void addTile(
      int rows,
      MemorySegment block,
      long blockStride,
      MemorySegment c,
      long cOffset,
      long cStride) {
    for (int r = 0; r < rows; r++) {
      for (long i = 0; i < FmaTiles.VECTORS * BYTES; i += BYTES) {
        long at = cOffset + r * cStride + i;
        load(c, at).add(load(block, r * blockStride + i)).intoMemorySegment(c, at, ORDER);
      }
    }
  }

  @Override
  protected void finishRow(
      MemorySegment c,
      long cOffset,
      MemorySegment bias,
      long biasOffset,
      boolean hasBias,
      MemorySegment y,
      long yOffset,
      boolean add,
      int count) {
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      FloatVector value = load(c, cOffset + i);
      if (hasBias) {
        value = value.add(load(bias, biasOffset + i));
      }
      if (add) {
        value = load(y, yOffset + i).add(value);
      }
      value.intoMemorySegment(y, yOffset + i, ORDER);
    }
  }

  @Override
  protected void normRow(
      MemorySegment x, long xOffset, LayerNorm norm, MemorySegment y, long yOffset, int count) {
    float mean = RowSums.sum(x, xOffset, count) / count;
    float variance = RowSums.squaredDistances(x, xOffset, mean, count) / count;
    FloatVector inverse = Species.all(1f / (float) Math.sqrt(variance + norm.epsilon()));
    FloatVector means = Species.all(mean);
    MemorySegment weight = norm.weight().segment();
    Matrix bias = norm.bias();
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      FloatVector scaled = load(x, xOffset + i).sub(means).mul(inverse);
      FloatVector w = load(weight, i);
      FloatVector result = bias == null ? scaled.mul(w) : scaled.fma(w, load(bias.segment(), i));
      result.intoMemorySegment(y, yOffset + i, ORDER);
    }
  }

  @Override
  protected void activateRow(Activation activation, MemorySegment x, long xOffset, int count) {
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      VectorMath.apply(activation, load(x, xOffset + i)).intoMemorySegment(x, xOffset + i, ORDER);
    }
  }

  @Override
  protected void gateRow(
      Activation activation,
      MemorySegment x,
      long uOffset,
      long gOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    int whole = count / LANES * LANES;
    for (long i = 0; i < (long) whole * Float.BYTES; i += BYTES) {
      VectorMath.apply(activation, load(x, uOffset + i))
          .mul(load(x, gOffset + i))
          .intoMemorySegment(y, yOffset + i, ORDER);
    }
    // The gate's end may be the end of the memory.
    for (long i = (long) whole * Float.BYTES; i < (long) count * Float.BYTES; i += Float.BYTES) {
      float activated = activation.apply(x.get(FLOAT, uOffset + i));
      y.set(FLOAT, yOffset + i, activated * x.get(FLOAT, gOffset + i));
    }
  }

  @Override
  protected float maxRow(MemorySegment s, long offset, int count) {
    FloatVector max = Species.all(Float.NEGATIVE_INFINITY);
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      max = max.max(load(s, offset + i));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  @Override
  protected void expRow(
      MemorySegment s,
      long offset,
      int count,
      float max,
      float scale,
      MemorySegment lanes,
      long lanesOffset) {
    FloatVector maxima = Species.all(max);
    for (int group = 0; group < GROUPS; group++) {
      FloatVector sum = load(lanes, lanesOffset + (long) group * BYTES).mul(Species.all(scale));
      for (long i = (long) group * BYTES; i < (long) count * Float.BYTES; i += GROUPS * BYTES) {
        FloatVector p = VectorMath.exp(load(s, offset + i).sub(maxima));
        p.intoMemorySegment(s, offset + i, ORDER);
        sum = sum.add(p);
      }
      sum.intoMemorySegment(lanes, lanesOffset + (long) group * BYTES, ORDER);
    }
  }

  @Override
  protected void rescaleRow(
      MemorySegment sums, long sumsOffset, float scale, MemorySegment x, long xOffset, int count) {
    FloatVector scales = Species.all(scale);
    for (long i = 0; i < (long) count * Float.BYTES; i += BYTES) {
      load(sums, sumsOffset + i)
          .fma(scales, load(x, xOffset + i))
          .intoMemorySegment(sums, sumsOffset + i, ORDER);
    }
  }

  private static FloatVector load(MemorySegment s, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, s, offset, ORDER);
  }
}
