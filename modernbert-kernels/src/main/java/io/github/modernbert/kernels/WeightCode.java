package io.github.modernbert.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Machine code for what weights go through on their way into panels: in a fresh JVM loops in Java
 * are interpreted, and most of a load is over before they are compiled well. The bits are those of
 * the loops in {@link PanelPacker} and {@link BFloat16}. Stateless and safe for use by several
 * threads.
 */
public interface WeightCode extends SquareSums {
  /** Whether there is code for rows of so many elements. */
  boolean fits(int depth);

  /**
   * Makes a panel of {@link FloatPanels}.
   *
   * @param rows as many rows as the panel has, one after the other
   */
  void floats(float[] rows, int depth, MemorySegment panel);

  /**
   * Makes a panel of {@link Int8Panels}, with its scales and shifts.
   *
   * @param rows memory for as many rows as the panel has, which begins with those that there are;
   *     overwritten
   * @param height how many there are
   * @param first the number of the first of them
   * @param factors what rows and columns are multiplied with before, in this order
   */
  void integers(
      float[] rows, int height, int first, ScaledWeights.Factors factors, Int8Panels target);

  /**
   * Rounds values to bfloat16, see {@link BFloat16#nearest}.
   *
   * @param target memory for as many elements of two bytes
   */
  void narrow(float[] values, int count, MemorySegment target);
}
