package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.Form.REG_RM;
import static io.github.modernbert.codegen.asm.Form.REG_VVVV_RM;
import static io.github.modernbert.codegen.asm.Form.REG_VVVV_RM_CONSTANT;
import static io.github.modernbert.codegen.asm.Form.RM_REG;
import static io.github.modernbert.codegen.asm.Form.VVVV_RM_CONSTANT;
import static io.github.modernbert.codegen.asm.Tuple.FULL;
import static io.github.modernbert.codegen.asm.Tuple.FULL_MEM;
import static io.github.modernbert.codegen.asm.Tuple.QUARTER;
import static io.github.modernbert.codegen.asm.Tuple.SCALAR;

import java.util.Locale;
import java.util.Set;

/**
 * Instructions on vectors: the rows of the manual's tables (Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2). All have W = 0.
 */
enum VectorOp {
  VADDPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x58, FULL, Encodings.FLOAT),
  VMULPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x59, FULL, Encodings.FLOAT),
  VSUBPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5C, FULL, Encodings.FLOAT),
  VMINPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5D, FULL, Encodings.FLOAT),
  VDIVPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5E, FULL, Encodings.FLOAT),
  VMAXPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5F, FULL, Encodings.FLOAT),
  VXORPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x57, FULL, Encodings.FLOAT_LOGIC),
  VPXORD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xEF, FULL, Encodings.EVEX),
  VPADDD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xFE, FULL, Encodings.INTEGER),
  VFMADD213PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xA8, FULL, Encodings.FUSED),
  VFMADD231PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xB8, FULL, Encodings.FUSED),
  VBLENDMPS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x65, FULL, Encodings.EVEX),
  VPDPBUSD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x50, FULL, Encodings.EVEX_VNNI),
  VCMPPS(REG_VVVV_RM_CONSTANT, Map.M0F, Prefix.NONE, 0xC2, FULL, Encodings.EVEX),
  VMOVUPS(REG_RM, Map.M0F, Prefix.NONE, 0x10, FULL_MEM, Encodings.FLOAT),
  /** The form of {@code vmovups} that stores. */
  VMOVUPS_STORE(RM_REG, Map.M0F, Prefix.NONE, 0x11, FULL_MEM, Encodings.FLOAT),
  VMOVAPS(REG_RM, Map.M0F, Prefix.NONE, 0x28, FULL_MEM, Encodings.FLOAT),
  VBROADCASTSS(REG_RM, Map.M0F38, Prefix.P66, 0x18, SCALAR, Encodings.BROADCAST),
  VCVTPS2DQ(REG_RM, Map.M0F, Prefix.P66, 0x5B, FULL, Encodings.FLOAT),
  VCVTDQ2PS(REG_RM, Map.M0F, Prefix.NONE, 0x5B, FULL, Encodings.FLOAT),
  VPMOVDB(RM_REG, Map.M0F38, Prefix.PF3, 0x31, QUARTER, Encodings.EVEX),
  VPSLLD(VVVV_RM_CONSTANT, Map.M0F, Prefix.P66, 0x72, FULL, Encodings.INTEGER, 6),
  VPSRAD(VVVV_RM_CONSTANT, Map.M0F, Prefix.P66, 0x72, FULL, Encodings.INTEGER, 4),
  VPANDD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xDB, FULL, Encodings.EVEX),
  VPMAXSD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x3D, FULL, Encodings.INTEGER),
  VPMULLD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x40, FULL, Encodings.INTEGER),
  VALIGND(REG_VVVV_RM_CONSTANT, Map.M0F3A, Prefix.P66, 0x03, FULL, Encodings.EVEX),
  VFMSUB213PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xAA, FULL, Encodings.FUSED),
  VANDPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x54, FULL, Encodings.FLOAT_LOGIC),
  VORPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x56, FULL, Encodings.FLOAT_LOGIC),
  VSQRTPS(REG_RM, Map.M0F, Prefix.NONE, 0x51, FULL, Encodings.FLOAT),
  VUNPCKLPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x14, FULL, Encodings.FLOAT),
  VUNPCKHPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x15, FULL, Encodings.FLOAT),
  VSHUFPS(REG_VVVV_RM_CONSTANT, Map.M0F, Prefix.NONE, 0xC6, FULL, Encodings.FLOAT);

  /** The table an opcode is in, as EVEX and VEX number them. */
  enum Map {
    NONE,
    M0F,
    M0F38,
    M0F3A
  }

  /** The prefix that is part of an opcode, as EVEX and VEX number them. */
  enum Prefix {
    NONE,
    P66,
    PF3,
    PF2
  }

  /**
   * The encodings an instruction has, and the CPU features they need. All but the last two have
   * both: VEX for registers below 16, up to 256 bits, without mask or broadcast; EVEX otherwise.
   */
  enum Encodings {
    FLOAT(CpuFeature.AVX512F),
    FLOAT_LOGIC(CpuFeature.AVX512DQ),
    FUSED(CpuFeature.AVX512F),
    INTEGER(CpuFeature.AVX512F),
    BROADCAST(CpuFeature.AVX512F),
    EVEX(CpuFeature.AVX512F),
    EVEX_VNNI(CpuFeature.AVX512_VNNI);

    private static final Set<CpuFeature> AVX = Set.of(CpuFeature.AVX);
    private static final Set<CpuFeature> AVX2 = Set.of(CpuFeature.AVX2);
    private static final Set<CpuFeature> FMA = Set.of(CpuFeature.FMA);

    private final Set<CpuFeature> evex512;
    private final Set<CpuFeature> evexShorter;

    Encodings(CpuFeature evex) {
      evex512 = Set.of(evex);
      evexShorter = Set.of(evex, CpuFeature.AVX512VL);
    }

    boolean hasVex() {
      return this != EVEX && this != EVEX_VNNI;
    }

    /** Features of the EVEX encoding. */
    Set<CpuFeature> evex(Width width) {
      return width == Width.ZMM ? evex512 : evexShorter;
    }

    /** Features of the VEX encoding, where there is one. */
    Set<CpuFeature> vex(Width width, boolean memory) {
      return switch (this) {
        case FUSED -> FMA;
        case INTEGER -> width == Width.XMM ? AVX : AVX2;
        case BROADCAST -> memory ? AVX : AVX2;
        default -> AVX;
      };
    }
  }

  final Form form;
  final Map map;
  final Prefix prefix;
  final int opcode;
  final Tuple tuple;
  final Encodings encodings;

  /** The value of the register field of {@link Form#VVVV_RM_CONSTANT}, which extends the opcode. */
  final int extension;

  VectorOp(Form form, Map map, Prefix prefix, int opcode, Tuple tuple, Encodings encodings) {
    this(form, map, prefix, opcode, tuple, encodings, 0);
  }

  VectorOp(
      Form form,
      Map map,
      Prefix prefix,
      int opcode,
      Tuple tuple,
      Encodings encodings,
      int extension) {
    this.form = form;
    this.map = map;
    this.prefix = prefix;
    this.opcode = opcode;
    this.tuple = tuple;
    this.encodings = encodings;
    this.extension = extension;
  }

  /** The mnemonic. */
  @Override
  public String toString() {
    return (this == VMOVUPS_STORE ? VMOVUPS : this).name().toLowerCase(Locale.ROOT);
  }
}
