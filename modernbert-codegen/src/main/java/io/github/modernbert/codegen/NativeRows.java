package io.github.modernbert.codegen;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of {@link RowsCode} in memory, as {@link NativeProducts} are; all sizes in bytes. */
final class NativeRows {
  private static final MethodHandle NORM;
  private static final MethodHandle TURN;
  private static final MethodHandle KEYS;
  private static final MethodHandle VALUES;
  private static final MethodHandle ACTIVATE;
  private static final MethodHandle GATE;

  static {
    var code = new RowsCode(NativeProducts.SHAPE);
    ExecutableMemory memory = ExecutableMemory.seal(Arena.ofAuto(), code.generate());
    NORM =
        memory.function(
            code.norm,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG, JAVA_FLOAT, JAVA_FLOAT));
    TURN =
        memory.function(
            code.turn,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_FLOAT));
    KEYS =
        memory.function(
            code.keys,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    VALUES =
        memory.function(
            code.values,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    ACTIVATE = memory.function(code.activate, FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    GATE =
        memory.function(
            code.gate,
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG));
  }

  private NativeRows() {}

  /** See {@link NormCode}. */
  static void norm(
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
  record HeadRows(MemorySegment memory, long stride, long half) {}

  /**
   * Cosines and sines of some positions.
   *
   * @param stride from one position to the next
   */
  record Angles(MemorySegment cosines, MemorySegment sines, long stride) {}

  /** See {@link SplitCode}. */
  static void turn(
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
  static void keys(
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
  static void values(
      HeadRows rows, MemorySegment values, long panelStride, long half, long count) {
    try {
      VALUES.invokeExact(rows.memory, values, rows.stride, panelStride, half, count, rows.half);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** See {@link ActivationCode}. */
  static void activate(MemorySegment x, long steps) {
    try {
      ACTIVATE.invokeExact(x, steps);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** See {@link ActivationCode}. */
  static void gate(MemorySegment u, MemorySegment g, MemorySegment y, long yStride, long rows) {
    try {
      GATE.invokeExact(u, g, y, yStride, rows);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
