package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.runtime.NativeProducts.Tiles;
import io.github.modernbert.codegen.x86.AttentionCode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of the functions of {@link AttentionCode}; see {@link NativeProducts}. */
public final class NativeAttention {
  private static final NativeCode CODE = CodegenSupport.code();
  private static final MethodHandle ATTEND = CODE.function(AttentionCode.ATTEND);
  private static final MethodHandle DIVIDE = CODE.function(AttentionCode.DIVIDE);

  private NativeAttention() {}

  /**
   * Panels of keys or values.
   *
   * @param stride bytes from one to the next
   */
  public record Panels(MemorySegment memory, long stride, int count) {}

  /**
   * Calls {@link AttentionCode#ATTEND}.
   *
   * @param sumsStride bytes
   * @param maxima of a whole query block, however many rows there are
   * @param keyCount from 1 to 256
   * @param from the first key that the first row sees, which may lie outside of the block as {@code
   *     to} may
   * @param to the key after the last one
   */
  public static void attend(
      MemorySegment queries,
      Panels keys,
      Panels values,
      MemorySegment sums,
      long sumsStride,
      MemorySegment lanes,
      MemorySegment maxima,
      MemorySegment scratch,
      int rows,
      int keyCount,
      int headDim,
      long from,
      long to) {
    Tiles tiles = Tiles.of(rows);
    try {
      ATTEND.invokeExact(
          queries,
          keys.memory,
          values.memory,
          sums,
          lanes,
          maxima,
          scratch,
          NativeProducts.PANELS_ADDRESS,
          tiles.height(),
          tiles.tall(),
          tiles.low(),
          (long) rows,
          (long) keyCount,
          (long) headDim,
          keys.stride,
          (long) keys.count,
          values.stride,
          (long) values.count,
          sumsStride,
          from,
          to);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /**
   * Calls {@link AttentionCode#DIVIDE}; strides are in bytes.
   *
   * @param count a multiple of 16
   */
  public static void divide(
      MemorySegment sums,
      long sumsStride,
      MemorySegment lanes,
      MemorySegment y,
      long yStride,
      int rows,
      int count) {
    try {
      DIVIDE.invokeExact(sums, lanes, y, (long) rows, sumsStride, yStride, (long) count);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
