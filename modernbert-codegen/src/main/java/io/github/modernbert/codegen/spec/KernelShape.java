package io.github.modernbert.codegen.spec;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Vec;
import io.github.modernbert.codegen.asm.Width;
import java.util.Set;

/**
 * The shape that the code of products is generated for.
 *
 * @param width of the vectors
 * @param rows of the highest tile
 * @param vectors of a panel
 * @param features that the code may use
 */
public record KernelShape(Width width, int rows, int vectors, Set<CpuFeature> features) {
  /**
   * 28 registers are sums, two hold a row of the panel, two elements of rows in turn. Each element
   * is loaded once for two products: loads from memory within products would be more than the
   * processor can do.
   */
  public static final KernelShape AVX512 =
      new KernelShape(
          Width.ZMM,
          14,
          2,
          Set.of(
              CpuFeature.AVX,
              CpuFeature.AVX2,
              CpuFeature.FMA,
              CpuFeature.AVX512F,
              CpuFeature.AVX512BW,
              CpuFeature.AVX512DQ,
              CpuFeature.AVX512VL));

  /** 12 of 16 registers are sums, two hold a row of the panel, two elements of rows in turn. */
  public static final KernelShape AVX2 =
      new KernelShape(Width.YMM, 6, 2, Set.of(CpuFeature.AVX, CpuFeature.AVX2, CpuFeature.FMA));

  /** 24 registers are sums, six hold four elements of each row, two those of the panel in turn. */
  public static final KernelShape NEON = new KernelShape(Width.XMM, 6, 4, Set.of(CpuFeature.NEON));

  public KernelShape {
    int registers = registers(width);
    if (rows * vectors + vectors >= registers) {
      throw new IllegalArgumentException(
          "%d × %d sums do not fit into %d registers".formatted(rows, vectors, registers));
    }
  }

  /** Registers there are; shapes of 128 bits are for AArch64. */
  private static int registers(Width width) {
    return width == Width.YMM ? 16 : 32;
  }

  /** The register that sums up a row and a vector of the panel. */
  public Vec sum(int row, int vector) {
    return width.register(row * vectors + vector);
  }

  /** The register of a vector of the panel. */
  public Vec panel(int vector) {
    return width.register(rows * vectors + vector);
  }

  /** The register of an element of a row, one of those that are left. */
  public Vec element(int row) {
    int first = (rows + 1) * vectors;
    int left = registers(width) - first;
    return width.register(first + row % left);
  }

  /** Columns of a panel. */
  public int panelFloats() {
    return vectors * width.floats();
  }

  /** Bytes of a row of sums, or of a panel of float32. */
  public int panelBytes() {
    return rowBytes(PanelFormat.FLOAT32);
  }

  /** Bytes of a row of a panel. */
  public int rowBytes(PanelFormat format) {
    return panelFloats() * format.bytes;
  }

  /** Bytes of a panel's rows for a whole block of the depth, of float32. */
  public int blockBytes() {
    return blockBytes(PanelFormat.FLOAT32);
  }

  /** Bytes of a panel's rows for a whole block of the depth. */
  public int blockBytes(PanelFormat format) {
    return DEPTH_BLOCK * rowBytes(format);
  }
}
