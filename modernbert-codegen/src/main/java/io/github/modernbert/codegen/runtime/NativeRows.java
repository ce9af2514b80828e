package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.x86.ActivationCode;
import io.github.modernbert.codegen.x86.NormCode;
import io.github.modernbert.codegen.x86.SplitCode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of functions that work on rows, see {@link NativeProducts}; all sizes are in bytes. */
public final class NativeRows {
  private static final NativeCode CODE = CodegenSupport.code();
  private static final MethodHandle NORM = CODE.function(NormCode.NORM);
  private static final MethodHandle TURN = CODE.function(SplitCode.TURN);
  private static final MethodHandle KEYS = CODE.function(SplitCode.KEYS);
  private static final MethodHandle VALUES = CODE.function(SplitCode.VALUES);
  private static final MethodHandle ACTIVATE = CODE.function(ActivationCode.ACTIVATE);
  private static final MethodHandle GATE = CODE.function(ActivationCode.GATE);

  private NativeRows() {}

  /** Calls {@link NormCode#NORM}. */
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

  /** Calls {@link SplitCode#TURN}. */
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

  /** Calls {@link SplitCode#KEYS}. */
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

  /** Calls {@link SplitCode#VALUES}. */
  public static void values(
      HeadRows rows, MemorySegment values, long panelStride, long half, long count) {
    try {
      VALUES.invokeExact(rows.memory, values, rows.stride, panelStride, half, count, rows.half);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Calls {@link ActivationCode#ACTIVATE}. */
  public static void activate(MemorySegment x, long steps) {
    try {
      ACTIVATE.invokeExact(x, steps);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Calls {@link ActivationCode#GATE}. */
  public static void gate(
      MemorySegment u, MemorySegment g, MemorySegment y, long yStride, long rows) {
    try {
      GATE.invokeExact(u, g, y, yStride, rows);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
