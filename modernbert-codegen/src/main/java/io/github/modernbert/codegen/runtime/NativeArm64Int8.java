package io.github.modernbert.codegen.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64Int8Tile;
import io.github.modernbert.codegen.runtime.NativeProducts.Tiles;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@link Arm64Int8Code} in memory; see {@link NativeProducts}. */
public final class NativeArm64Int8 {
  static final FunctionDescriptor DESCRIPTOR =
      FunctionDescriptor.ofVoid(
          ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_LONG);

  private static final MethodHandle SUMS;

  static {
    var code =
        new Arm64Int8Code(((Arm64) CodegenSupport.architecture()).features().matrixProduct());
    SUMS = ExecutableMemory.seal(Arena.ofAuto(), code.generate()).function(code.sums, DESCRIPTOR);
  }

  private NativeArm64Int8() {}

  /** See {@link Arm64Int8Code}; strides are in bytes. */
  public static void sums(
      MemorySegment rows,
      long blockStride,
      int count,
      MemorySegment panel,
      int depth,
      MemorySegment sums,
      long sumsStride) {
    Tiles tiles = Tiles.of(count, Arm64Int8Tile.MAX_ROWS);
    try {
      SUMS.invokeExact(
          rows,
          panel,
          sums,
          blockStride,
          (long) depth,
          sumsStride,
          tiles.height(),
          tiles.tall(),
          tiles.low());
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
