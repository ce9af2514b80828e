package io.github.modernbert.codegen.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.modernbert.codegen.asm.Width;
import io.github.modernbert.codegen.x86.Int8Code;
import io.github.modernbert.codegen.x86.Int8Functions;
import io.github.modernbert.codegen.x86.QuantizeCode;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@link Int8Functions} in memory; see {@link NativeProducts}. */
public final class NativeInt8 {
  private static final MethodHandle QUANTIZE;
  private static final MethodHandle PRODUCT;

  static {
    boolean amx = CodegenSupport.architecture() instanceof X86 x86 && x86.amx();
    var code = new Int8Functions(amx);
    ExecutableMemory memory = ExecutableMemory.seal(Arena.ofAuto(), code.generate());
    QUANTIZE =
        memory.function(
            code.quantize,
            FunctionDescriptor.of(
                JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    PRODUCT =
        memory.function(
            code.product,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG));
  }

  private NativeInt8() {}

  /** See {@link QuantizeCode}; strides are in bytes. */
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

  /** See {@link Int8Code}; strides are in bytes. */
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
