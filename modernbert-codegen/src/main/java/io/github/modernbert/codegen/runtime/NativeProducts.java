package io.github.modernbert.codegen.runtime;

import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * Calls of the {@link ProductFunctions}. Their handles are constants for the just-in-time compiler;
 * the code stays in memory as long as this class does.
 */
public final class NativeProducts {
  private static final NativeCode CODE = CodegenSupport.code();

  /** The shape of products. */
  public static final KernelShape SHAPE = CODE.architecture().shape();

  /** Whether there are products with weights of bfloat16. */
  public static final boolean BFLOAT16 = CODE.has(ProductFunctions.PRODUCT_OF_BFLOAT16);

  private static final MethodHandle PRODUCT =
      either(
          CODE.function(BFLOAT16 ? ProductFunctions.PRODUCT_OF_BFLOAT16 : ProductFunctions.PRODUCT),
          CODE.function(ProductFunctions.PRODUCT));
  private static final MethodHandle PANELS = CODE.function(ProductFunctions.PANELS);
  private static final MethodHandle PACK = CODE.function(ProductFunctions.PACK);

  /** The address of the code of {@link #panels}, for code that calls it. */
  static final long PANELS_ADDRESS = CODE.address(ProductFunctions.PANELS);

  private NativeProducts() {}

  /**
   * Chooses by the first argument. The result is a constant for the just-in-time compiler, which a
   * choice of handles in Java would not be.
   */
  private static MethodHandle either(MethodHandle ifTrue, MethodHandle ifFalse) {
    return MethodHandles.guardWithTest(
        MethodHandles.identity(boolean.class),
        MethodHandles.dropArguments(ifTrue, 0, boolean.class),
        MethodHandles.dropArguments(ifFalse, 0, boolean.class));
  }

  /**
   * The tiles that rows are cut into, as high and as equal as they can be: {@code tall} of {@code
   * height} rows and {@code low} of one row less.
   */
  record Tiles(long height, long tall, long low) {
    static Tiles of(int rows) {
      return of(rows, SHAPE.rows());
    }

    /**
     * Cuts rows into tiles.
     *
     * @param most rows of the highest tile there is
     */
    static Tiles of(int rows, int most) {
      int count = Math.ceilDiv(rows, most);
      int height = Math.ceilDiv(rows, count);
      int tall = rows - count * (height - 1);
      return new Tiles(height, tall, count - tall);
    }
  }

  /**
   * Calls {@link ProductFunctions#PRODUCT}; strides are in bytes.
   *
   * @param format of the panel, float32 if not {@link #BFLOAT16}
   * @param depth more than a block
   */
  public static void product(
      PanelFormat format,
      MemorySegment a,
      long blockStride,
      MemorySegment panel,
      int depth,
      MemorySegment sums,
      MemorySegment y,
      long yStride,
      MemorySegment residual,
      MemorySegment bias,
      int rows) {
    Tiles tiles = Tiles.of(rows);
    try {
      PRODUCT.invokeExact(
          format == PanelFormat.BFLOAT16,
          a,
          panel,
          sums,
          y,
          residual,
          bias,
          (long) depth,
          blockStride,
          yStride,
          tiles.height,
          tiles.tall,
          tiles.low);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Calls {@link ProductFunctions#PANELS}; strides are in bytes. */
  public static void panels(
      MemorySegment a,
      long blockStride,
      MemorySegment b,
      long panelStride,
      int panels,
      int depth,
      MemorySegment c,
      long cStride,
      int rows) {
    Tiles tiles = Tiles.of(rows);
    try {
      PANELS.invokeExact(
          a,
          b,
          c,
          cStride,
          (long) depth,
          tiles.height,
          tiles.tall,
          tiles.low,
          blockStride,
          panelStride,
          (long) panels);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }

  /** Calls {@link ProductFunctions#PACK}; strides are in bytes. */
  public static void pack(
      MemorySegment x, long xStride, int rows, int depth, MemorySegment a, long blockStride) {
    try {
      PACK.invokeExact(x, xStride, (long) rows, (long) depth, a, blockStride);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
