package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.QuantizeCode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of the functions of products of 8-bit integers; see {@link NativeProducts}. */
public final class NativeInt8 {
  private static final NativeCode CODE = CodegenSupport.code();
  private static final MethodHandle QUANTIZE = CODE.function(QuantizeCode.QUANTIZE);
  private static final MethodHandle PRODUCT = CODE.function(Int8Code.PRODUCT);

  private NativeInt8() {}

  /** Calls {@link QuantizeCode#QUANTIZE}; strides are in bytes. */
  public static int quantize(
      MemorySegment source,
      long sourceStride,
      MemorySegment target,
      long targetStride,
      MemorySegment scales,
      MemorySegment offsets,
      int rows,
      int depth,
      long limit,
      long distance) {
    int inLast = (depth - 1) % Width.ZMM.floats() + 1;
    try {
      return Math.toIntExact(
          (long)
              QUANTIZE.invokeExact(
                  source,
                  target,
                  scales,
                  offsets,
                  sourceStride,
                  targetStride,
                  (long) rows,
                  (long) depth,
                  limit,
                  distance,
                  (1L << inLast) - 1));
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Calls {@link Int8Code#PRODUCT}; strides are in bytes. */
  public static void product(
      MemorySegment rows,
      long blockStride,
      int count,
      int fine,
      MemorySegment scales,
      MemorySegment offsets,
      MemorySegment extras,
      MemorySegment panels,
      int panelCount,
      int depth,
      MemorySegment featureScales,
      MemorySegment shifts,
      MemorySegment bias,
      MemorySegment residual,
      MemorySegment result,
      long resultStride,
      long step,
      long otherStep,
      MemorySegment sums) {
    try {
      PRODUCT.invokeExact(
          rows,
          panels,
          scales,
          offsets,
          extras,
          featureScales,
          shifts,
          bias,
          residual,
          result,
          sums,
          (long) count,
          (long) fine,
          (long) panelCount,
          (long) depth,
          blockStride,
          resultStride,
          step,
          otherStep);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
