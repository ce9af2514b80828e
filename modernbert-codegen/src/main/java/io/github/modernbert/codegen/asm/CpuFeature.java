package io.github.modernbert.codegen.asm;

/**
 * Extensions of an instruction set that instructions of the assemblers belong to. Instructions that
 * every processor has need none.
 */
public enum CpuFeature {
  // x86-64, named as in Intel's manual.
  AVX,
  AVX2,
  FMA,
  /** The instruction of AVX-512 VNNI that is used, on vectors of 128 and 256 bits. */
  AVX_VNNI,
  AVX512F,
  AVX512BW,
  AVX512DQ,
  /** Instructions of AVX-512 on vectors of 128 and 256 bits. */
  AVX512VL,
  AVX512_VNNI,
  AMX_TILE,
  AMX_INT8,

  // AArch64, named as in Arm's manual without the prefix FEAT_.
  /** Advanced SIMD, which every AArch64 processor that runs Linux has. */
  NEON,
  /** Sums of four products of 8-bit integers: {@code sdot}. */
  DOTPROD,
  /** Products of matrices of 8-bit integers: {@code smmla}. */
  I8MM
}
