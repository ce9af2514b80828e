package io.github.modernbert.codegen;

import static io.github.modernbert.codegen.Operands.require;

import io.github.modernbert.codegen.runtime.CodegenSupport;
import io.github.modernbert.codegen.runtime.FunctionGroup;
import io.github.modernbert.codegen.runtime.SystemCalls;
import io.github.modernbert.codegen.x86.PackCode;
import io.github.modernbert.kernels.Int8Panels;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.ScaledWeights;
import io.github.modernbert.kernels.WeightCode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Packs weights by generated machine code; see {@link PackCode}. What it gets is cut out of
 * segments and arrays here, so that every bound is checked before it runs.
 */
final class GeneratedWeightCode implements WeightCode {
  static final GeneratedWeightCode INSTANCE = new GeneratedWeightCode();

  private static final int PANEL_FLOATS = CodegenSupport.architecture().shape().panelFloats();

  /** Floats that one call works on at most, so that a collector does not have to wait for long. */
  private static final int FLOATS_OF_A_CALL = 1 << 17;

  // Each is linked when it is needed: that takes a fresh JVM milliseconds.

  private static final class Turn {
    static final MethodHandle TURN = FunctionGroup.PACKING.function(PackCode.TURN);
  }

  private static final class Integers {
    static final MethodHandle INTEGERS = FunctionGroup.PACKING.function(PackCode.INTEGERS);
  }

  private static final class Narrow {
    static final MethodHandle NARROW = FunctionGroup.PACKING.function(PackCode.NARROW);
  }

  private static final class Squares {
    static final MethodHandle OF_ROWS = FunctionGroup.PACKING.function(PackCode.ROW_SQUARES);
    static final MethodHandle OF_COLUMNS = FunctionGroup.PACKING.function(PackCode.COLUMN_SQUARES);
  }

  private GeneratedWeightCode() {}

  @Override
  public boolean fits(int depth) {
    return depth > 0
        && depth % Kernels.DEPTH_BLOCK == 0
        && depth <= FLOATS_OF_A_CALL / PANEL_FLOATS;
  }

  private void check(int depth) {
    require(fits(depth), "no code for a depth of %d, %d at most", depth, FLOATS_OF_A_CALL);
  }

  @Override
  public void floats(float[] rows, int depth, MemorySegment panel) {
    check(depth);
    long floats = (long) PANEL_FLOATS * depth;
    Operands.requireWritable(panel);
    try {
      Turn.TURN.invokeExact(
          Operands.slice(rows, 0, floats), panel.asSlice(0, floats * Float.BYTES), (long) depth);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  @Override
  public void integers(
      float[] rows, int height, int first, ScaledWeights.Factors factors, Int8Panels target) {
    int depth = target.depth();
    check(depth);
    int width = target.panelWidth();
    require(width == PANEL_FLOATS, "panels of %d features wanted, found %d", PANEL_FLOATS, width);
    require(height > 0 && height <= width, "%d rows do not fit into %d", height, width);
    require(first % width == 0, "row %d begins no panel of %d", first, width);
    Operands.requireWritable(target.panels());
    try {
      Integers.INTEGERS.invokeExact(
          Operands.slice(rows, 0, (long) width * depth),
          target.panels().asSlice(target.panelOffset(first / width), target.panelBytes()),
          Operands.slice(factors.rows(), first, height),
          Operands.slice(factors.columns(), 0, depth),
          Operands.columns(target.scales(), first, (long) height * Float.BYTES),
          target.shifts().asSlice((long) first * Integer.BYTES, (long) height * Integer.BYTES),
          (long) height,
          (long) depth);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  @Override
  public void rowSquares(float[] rows, int height, int depth, double[] sums) {
    check(depth);
    int group = PackCode.SQUARE;
    require(height > 0 && height % group == 0, "%d rows are no groups of %d", height, group);
    try {
      Squares.OF_ROWS.invokeExact(
          Operands.slice(rows, 0, (long) height * depth),
          slice(sums, height),
          (long) height,
          (long) depth);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  @Override
  public void addSquares(float[] rows, int height, int depth, double[] scales, double[] squares) {
    check(depth);
    require(height > 0, "%d rows of %d", height, depth);
    try {
      Squares.OF_COLUMNS.invokeExact(
          Operands.slice(rows, 0, (long) height * depth),
          slice(scales, height),
          slice(squares, depth),
          (long) height,
          (long) depth);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  private static MemorySegment slice(double[] array, int length) {
    return MemorySegment.ofArray(array).asSlice(0, (long) length * Double.BYTES);
  }

  @Override
  public void narrow(float[] values, int count, MemorySegment target) {
    require(
        count > 0 && count % Kernels.DEPTH_BLOCK == 0 && count <= FLOATS_OF_A_CALL,
        "%d values are no blocks of %d",
        count,
        Kernels.DEPTH_BLOCK);
    Operands.requireWritable(target);
    try {
      Narrow.NARROW.invokeExact(
          Operands.slice(values, 0, count),
          target.asSlice(0, (long) count * Short.BYTES),
          (long) count);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
