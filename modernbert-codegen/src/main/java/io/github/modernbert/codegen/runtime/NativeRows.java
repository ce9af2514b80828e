package io.github.modernbert.codegen.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.modernbert.codegen.x86.ActivationCode;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.codegen.x86.RowsCode;
import io.github.modernbert.codegen.x86.SplitCode;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;

/**
 * The functions of {@link RowsCode} in memory, as {@link NativeProducts} are; all sizes in bytes.
 */
public final class NativeRows {
  private static final MethodHandle NORM;
  private static final MethodHandle TURN;
  private static final MethodHandle KEYS;
  private static final MethodHandle VALUES;
  private static final MethodHandle ACTIVATE;
  private static final MethodHandle GATE;

  static {
    var code = new RowsCode(NativeProducts.SHAPE);
    ExecutableMemory memory = ExecutableMemory.seal(Arena.ofAuto(), code.generate());
    NORM = memory.function(code.norm, arguments(4, 6, 2));
    TURN = memory.function(code.turn, arguments(4, 7, 1));
    KEYS = memory.function(code.keys, arguments(5, 7, 0));
    VALUES = memory.function(code.values, arguments(2, 5, 0));
    ACTIVATE = memory.function(code.activate, arguments(1, 1, 0));
    GATE = memory.function(code.gate, arguments(3, 2, 0));
  }

  private NativeRows() {}

  /** Addresses, then numbers, then floats. */
  private static FunctionDescriptor arguments(int addresses, int numbers, int floats) {
    var layouts = new ArrayList<MemoryLayout>(Collections.nCopies(addresses, ADDRESS));
    layouts.addAll(Collections.nCopies(numbers, JAVA_LONG));
    layouts.addAll(Collections.nCopies(floats, JAVA_FLOAT));
    return FunctionDescriptor.ofVoid(layouts.toArray(MemoryLayout[]::new));
  }

  /** See {@link NormCode}. */
  public static void norm(
      MemorySegment x,
      MemorySegment y,
      MemorySegment weight,
      MemorySegment bias,
      long xStride,
      long yStride,
      long xGap,
      long yGap,
      long groups,
      long columns,
      float epsilon) {
    try {
      NORM.invokeExact(
          x,
          y,
          weight,
          bias,
          xStride,
          yStride,
          xGap,
          yGap,
          groups,
          columns,
          (float) columns,
          epsilon);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /**
   * Some rows of one head.
   *
   * @param memory of all of them
   * @param stride from one row to the next
   * @param half from one half of a row to the other
   */
  public record HeadRows(MemorySegment memory, long stride, long half) {}

  /**
   * Cosines and sines of some positions.
   *
   * @param stride from one position to the next
   */
  public record Angles(MemorySegment cosines, MemorySegment sines, long stride) {}

  /** See {@link SplitCode}. */
  public static void turn(
      HeadRows rows, HeadRows turned, Angles angles, long half, long count, float scale) {
    try {
      TURN.invokeExact(
          rows.memory,
          turned.memory,
          angles.cosines,
          angles.sines,
          rows.stride,
          turned.stride,
          rows.half,
          turned.half,
          angles.stride,
          half,
          count,
          scale);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** See {@link SplitCode}. */
  public static void keys(
      HeadRows rows,
      MemorySegment buffer,
      Angles angles,
      MemorySegment keys,
      long half,
      long count,
      long left,
      long gap) {
    try {
      KEYS.invokeExact(
          rows.memory,
          buffer,
          angles.cosines,
          angles.sines,
          keys,
          rows.stride,
          rows.half,
          angles.stride,
          half,
          count,
          left,
          gap);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** See {@link SplitCode}. */
  public static void values(
      HeadRows rows, MemorySegment values, long panelStride, long half, long count) {
    try {
      VALUES.invokeExact(rows.memory, values, rows.stride, panelStride, half, count, rows.half);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** See {@link ActivationCode}. */
  public static void activate(MemorySegment x, long steps) {
    try {
      ACTIVATE.invokeExact(x, steps);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** See {@link ActivationCode}. */
  public static void gate(
      MemorySegment u, MemorySegment g, MemorySegment y, long yStride, long rows) {
    try {
      GATE.invokeExact(u, g, y, yStride, rows);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
