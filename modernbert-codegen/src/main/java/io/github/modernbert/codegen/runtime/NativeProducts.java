package io.github.modernbert.codegen.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.modernbert.codegen.asm.Label;
import io.github.modernbert.codegen.spec.KernelShape;
import io.github.modernbert.codegen.spec.PanelFormat;
import io.github.modernbert.codegen.spec.ProductFunctions;
import io.github.modernbert.codegen.x86.ProductCode;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;

/**
 * The functions of {@link ProductCode} in memory. In fields that the just-in-time compiler takes
 * for constants: the code is made when this class loads, and stays as long as the class does.
 */
public final class NativeProducts {
  private static final Architecture ARCHITECTURE = CodegenSupport.architecture();

  public static final KernelShape SHAPE = ARCHITECTURE.shape();

  /** Whether there are products with weights of bfloat16. */
  public static final boolean BFLOAT16;

  private static final MethodHandle PRODUCT;
  private static final MethodHandle PANELS;
  private static final MethodHandle PACK;

  /** Where the code of {@link #panels} is, for code that calls it. */
  static final long PANELS_ADDRESS;

  static {
    ProductFunctions code = ARCHITECTURE.products();
    ExecutableMemory memory = ExecutableMemory.seal(Arena.ofAuto(), code.generate());
    FunctionDescriptor product =
        FunctionDescriptor.ofVoid(
            ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG);
    MethodHandle ofFloats = memory.function(code.product, product);
    Optional<Label> ofBFloat16 = code.productOfBFloat16();
    BFLOAT16 = ofBFloat16.isPresent();
    PRODUCT =
        either(ofBFloat16.map(label -> memory.function(label, product)).orElse(ofFloats), ofFloats);
    PANELS =
        memory.function(
            code.panels,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG, JAVA_LONG, JAVA_LONG));
    PANELS_ADDRESS = memory.address() + code.panels.position();
    PACK =
        memory.function(
            code.pack,
            FunctionDescriptor.ofVoid(
                ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
  }

  private NativeProducts() {}

  /** A constant for the just-in-time compiler, which a choice of handles would not be. */
  private static MethodHandle either(MethodHandle ifTrue, MethodHandle ifFalse) {
    return MethodHandles.guardWithTest(
        MethodHandles.identity(boolean.class),
        MethodHandles.dropArguments(ifTrue, 0, boolean.class),
        MethodHandles.dropArguments(ifFalse, 0, boolean.class));
  }

  /** The tiles that so many rows are cut into: as high as may be, and as equal. */
  record Tiles(long height, long tall, long low) {
    static Tiles of(int rows) {
      return of(rows, SHAPE.rows());
    }

    /**
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
   * See {@link ProductCode}; strides are in bytes.
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

  /** See {@link ProductCode}; strides are in bytes. */
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

  /** See {@link ProductCode}; strides are in bytes. */
  public static void pack(
      MemorySegment x, long xStride, int rows, int depth, MemorySegment a, long blockStride) {
    try {
      PACK.invokeExact(x, xStride, (long) rows, (long) depth, a, blockStride);
    } catch (Throwable e) {
      throw SystemCalls.rethrow(e);
    }
  }
}
