package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that one thread needs inside a kernel; they grow to what has been asked for and are kept.
 * What they hold between kernels is undefined.
 */
public final class Scratch {
  private float[] rows = {};
  private float[] sums = {};
  private float[] gates = {};
  private float[] activated = {};
  private float[] between = {};
  private float[] scores = {};
  private float[] weights = {};
  private float[] weighted = {};
  private float[] lanes = {};
  private float[] maxima = {};
  private float[] scales = {};
  private float[] featureScales = {};
  private int[] fine = {};
  private int[] totals = {};
  private MemorySegment panel = MemorySegment.NULL;
  private float[] extras = {};
  private long[] starts = {};
  private MemorySegment bytes = MemorySegment.NULL;
  private int kept;

  /** Nothing is allocated yet. */
  public Scratch() {}

  private static float[] atLeast(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  private static int[] atLeast(int[] array, int length) {
    return array.length >= length ? array : new int[length];
  }

  /** The left operand of a product, in blocks of columns. */
  public float[] rows(int length) {
    return rows = atLeast(rows, length);
  }

  /** Results of a product that are not complete yet. */
  public float[] sums(int length) {
    return sums = atLeast(sums, length);
  }

  /** The first product of a gate. */
  public float[] activated(int length) {
    return activated = atLeast(activated, length);
  }

  /** The second product of a gate. */
  public float[] gates(int length) {
    return gates = atLeast(gates, length);
  }

  /** Intermediate results of an activation. */
  public float[] between(int length) {
    return between = atLeast(between, length);
  }

  /** What one step of attention works on. */
  public float[] scores(int length) {
    return scores = atLeast(scores, length);
  }

  float[] weights(int length) {
    return weights = atLeast(weights, length);
  }

  float[] weighted(int length) {
    return weighted = atLeast(weighted, length);
  }

  float[] lanes(int length) {
    return lanes = atLeast(lanes, length);
  }

  float[] maxima(int length) {
    return maxima = atLeast(maxima, length);
  }

  /** Scales of rows. */
  public float[] scales(int length) {
    return scales = atLeast(scales, length);
  }

  float[] featureScales(int length) {
    return featureScales = atLeast(featureScales, length);
  }

  /** Products of some rows with one panel. */
  public float[] extras(int length) {
    return extras = atLeast(extras, length);
  }

  /** Where something begins, for each row. */
  public long[] starts(int length) {
    if (starts.length < length) {
      starts = new long[length];
    }
    return starts;
  }

  /** The left operand of a product of integers, off-heap; freed with this object. */
  public MemorySegment bytes(long length) {
    if (bytes.byteSize() < length) {
      bytes = Arena.ofAuto().allocate(length, Matrix.ALIGNMENT);
    }
    return bytes;
  }

  /** Numbers of rows. */
  int[] fine(int length) {
    return fine = atLeast(fine, length);
  }

  /** Sums of integers. */
  public int[] totals(int length) {
    return totals = atLeast(totals, length);
  }

  /** A part of a panel, off-heap as weights are; freed with this object. */
  MemorySegment panel(long bytes) {
    if (panel.byteSize() < bytes) {
      panel = Arena.ofAuto().allocate(bytes, Matrix.ALIGNMENT);
    }
    return panel;
  }

  /** Takes what was read only to be read, so that the compiler does not leave it out. */
  void keep(int words) {
    kept += words;
  }
}
