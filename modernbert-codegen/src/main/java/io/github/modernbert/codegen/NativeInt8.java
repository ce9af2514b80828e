package io.github.modernbert.codegen;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.modernbert.codegen.NativeProducts.Tiles;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of {@link Int8Code} in memory; see {@link NativeProducts}. */
final class NativeInt8 {
  private static final MethodHandle QUANTIZE;
  private static final MethodHandle PRODUCT;
  private static final MethodHandle AMX_PRODUCT;
  private static final boolean AMX =
      CodegenSupport.architecture() instanceof X86 x86 && x86.amx();

  static {
    var code = new Int8Code();
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
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG));
    AMX_PRODUCT =
        memory.function(
            code.amxProduct,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
  }

  private NativeInt8() {}

  /** See {@link QuantizeCode}; strides are in bytes. */
  static int quantize(
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

  /** See {@link Int8Code} and {@link AmxCode}; strides are in bytes. */
  static void product(
      MemorySegment rows,
      long blockStride,
      MemorySegment panel,
      int depth,
      long prefetch,
      MemorySegment scales,
      MemorySegment offsets,
      MemorySegment extras,
      MemorySegment featureScales,
      MemorySegment shifts,
      MemorySegment bias,
      MemorySegment residual,
      long residualStride,
      MemorySegment result,
      long resultStride,
      MemorySegment sums,
      int count) {
    Tiles tiles = Tiles.of(count, DotTileCode.MAX_ROWS);
    try {
      if (AMX) {
        AMX_PRODUCT.invokeExact(
            rows,
            panel,
            scales,
            offsets,
            prefetch,
            featureScales,
            shifts,
            bias,
            residual,
            result,
            extras,
            (long) depth,
            blockStride,
            resultStride,
            residualStride,
            sums,
            (long) count);
        return;
      }
      PRODUCT.invokeExact(
          rows,
          panel,
          scales,
          offsets,
          prefetch,
          featureScales,
          shifts,
          bias,
          residual,
          result,
          extras,
          (long) depth,
          blockStride,
          resultStride,
          residualStride,
          tiles.height(),
          tiles.tall(),
          tiles.low());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
