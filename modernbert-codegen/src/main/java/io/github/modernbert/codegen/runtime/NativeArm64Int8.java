package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.arm64.Arm64Int8Code;
import io.github.modernbert.codegen.arm64.Arm64Int8Tile;
import io.github.modernbert.codegen.runtime.NativeProducts.Tiles;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls of the function of {@link Arm64Int8Code}; see {@link NativeProducts}. */
public final class NativeArm64Int8 {
  private static final NativeCode CODE = CodegenSupport.code();
  private static final MethodHandle SUMS = CODE.function(Arm64Int8Code.SUMS);

  private NativeArm64Int8() {}

  /** Calls {@link Arm64Int8Code#SUMS}; strides are in bytes. */
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
