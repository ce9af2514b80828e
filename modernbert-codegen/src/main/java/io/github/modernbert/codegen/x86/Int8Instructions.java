package io.github.modernbert.codegen.x86;

import static io.github.modernbert.kernels.Kernels.DEPTH_BLOCK;

import io.github.modernbert.codegen.asm.CpuFeature;
import io.github.modernbert.codegen.asm.Width;
import java.util.Set;

/** Instructions that multiply 8-bit integers, the fastest first. */
public enum Int8Instructions {
  /** Products of tiles of bytes: {@code tdpbusd}. */
  AMX(Byte.BYTES),

  /** Sums of four products of bytes: {@code vpdpbusd}. */
  VNNI(Byte.BYTES),

  /** Sums of two products of 16-bit integers, which every processor has: {@code vpmaddwd}. */
  MADD(Short.BYTES);

  /** Bytes of an integer of a row of activations. */
  public final int bytes;

  Int8Instructions(int bytes) {
    this.bytes = bytes;
  }

  /** The fastest ones that a processor has for vectors of this width. */
  public static Int8Instructions of(Set<CpuFeature> features, Width width) {
    for (Int8Instructions each : values()) {
      if (features.containsAll(each.features(width)) && (each != AMX || width == Width.ZMM)) {
        return each;
      }
    }
    return MADD;
  }

  /** What they need beside the features of products of floats. */
  public Set<CpuFeature> features(Width width) {
    return switch (this) {
      // With VNNI, which every processor with AMX has, for what is not worth a tile.
      case AMX -> Set.of(CpuFeature.AMX_TILE, CpuFeature.AMX_INT8, CpuFeature.AVX512_VNNI);
      case VNNI -> Set.of(width == Width.ZMM ? CpuFeature.AVX512_VNNI : CpuFeature.AVX_VNNI);
      case MADD -> Set.of();
    };
  }

  /** Bytes of a row in a block of columns. */
  public int rowBytes() {
    return DEPTH_BLOCK * bytes;
  }
}
