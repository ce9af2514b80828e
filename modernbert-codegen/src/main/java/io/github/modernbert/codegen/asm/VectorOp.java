package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.Form.REG_RM;
import static io.github.modernbert.codegen.asm.Form.REG_VVVV_RM;
import static io.github.modernbert.codegen.asm.Form.REG_VVVV_RM_CONSTANT;
import static io.github.modernbert.codegen.asm.Form.RM_REG;
import static io.github.modernbert.codegen.asm.Form.VVVV_RM_CONSTANT;
import static io.github.modernbert.codegen.asm.Tuple.FULL_MEM;
import static io.github.modernbert.codegen.asm.Tuple.HALF_MEM;
import static io.github.modernbert.codegen.asm.Tuple.SCALAR;

import java.util.Locale;
import java.util.Set;

/**
 * Instructions on vectors: the rows of the manual's tables (Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2). W is 0 but where {@link Encodings} says otherwise.
 */
enum VectorOp {
  VADDPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x58, FULL_MEM, Encodings.FLOAT),
  VMULPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x59, FULL_MEM, Encodings.FLOAT),
  VSUBPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5C, FULL_MEM, Encodings.FLOAT),
  VMINPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5D, FULL_MEM, Encodings.FLOAT),
  VDIVPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5E, FULL_MEM, Encodings.FLOAT),
  VMAXPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5F, FULL_MEM, Encodings.FLOAT),
  VXORPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x57, FULL_MEM, Encodings.FLOAT_LOGIC),
  VPXORD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xEF, FULL_MEM, Encodings.EVEX),
  VPADDD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xFE, FULL_MEM, Encodings.INTEGER),
  VFMADD213PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xA8, FULL_MEM, Encodings.FUSED),
  VFMADD231PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xB8, FULL_MEM, Encodings.FUSED),
  VBLENDMPS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x65, FULL_MEM, Encodings.EVEX),
  VPDPBUSD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x50, FULL_MEM, Encodings.VNNI),
  VCMPPS(REG_VVVV_RM_CONSTANT, Map.M0F, Prefix.NONE, 0xC2, FULL_MEM, Encodings.EVEX),
  VMOVUPS(REG_RM, Map.M0F, Prefix.NONE, 0x10, FULL_MEM, Encodings.FLOAT),
  /** The form of {@code vmovups} that stores. */
  VMOVUPS_STORE(RM_REG, Map.M0F, Prefix.NONE, 0x11, FULL_MEM, Encodings.FLOAT),
  VBROADCASTSS(REG_RM, Map.M0F38, Prefix.P66, 0x18, SCALAR, Encodings.BROADCAST),
  VCVTPS2DQ(REG_RM, Map.M0F, Prefix.P66, 0x5B, FULL_MEM, Encodings.FLOAT),
  VCVTDQ2PS(REG_RM, Map.M0F, Prefix.NONE, 0x5B, FULL_MEM, Encodings.FLOAT),
  VPSLLD(VVVV_RM_CONSTANT, Map.M0F, Prefix.P66, 0x72, FULL_MEM, Encodings.INTEGER, 6),
  VPSRAD(VVVV_RM_CONSTANT, Map.M0F, Prefix.P66, 0x72, FULL_MEM, Encodings.INTEGER, 4),
  VPMAXSD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x3D, FULL_MEM, Encodings.INTEGER),
  VPMADDWD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xF5, FULL_MEM, Encodings.SHORT_INTEGER),
  VPACKSSDW(REG_VVVV_RM, Map.M0F, Prefix.P66, 0x6B, FULL_MEM, Encodings.SHORT_INTEGER),
  VPACKSSWB(REG_VVVV_RM, Map.M0F, Prefix.P66, 0x63, FULL_MEM, Encodings.SHORT_INTEGER),
  VPSRAW(VVVV_RM_CONSTANT, Map.M0F, Prefix.P66, 0x71, FULL_MEM, Encodings.SHORT_INTEGER, 4),
  /** Not for 128 bits. */
  VPERMD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x36, FULL_MEM, Encodings.INTEGER),
  VFMSUB213PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xAA, FULL_MEM, Encodings.FUSED),
  VANDPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x54, FULL_MEM, Encodings.FLOAT_LOGIC),
  VORPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x56, FULL_MEM, Encodings.FLOAT_LOGIC),
  VSQRTPS(REG_RM, Map.M0F, Prefix.NONE, 0x51, FULL_MEM, Encodings.FLOAT),
  VUNPCKLPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x14, FULL_MEM, Encodings.FLOAT),
  VUNPCKHPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x15, FULL_MEM, Encodings.FLOAT),
  VSHUFPS(REG_VVVV_RM_CONSTANT, Map.M0F, Prefix.NONE, 0xC6, FULL_MEM, Encodings.FLOAT),
  VCVTPS2PD(REG_RM, Map.M0F, Prefix.NONE, 0x5A, HALF_MEM, Encodings.FLOAT),
  VADDPD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0x58, FULL_MEM, Encodings.DOUBLE),
  VMULPD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0x59, FULL_MEM, Encodings.DOUBLE);

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
   * The encodings an instruction has, and the CPU features they need. All but the last have both:
   * VEX for registers below 16, up to 256 bits, without mask; EVEX otherwise.
   */
  enum Encodings {
    FLOAT(CpuFeature.AVX512F),
    FLOAT_LOGIC(CpuFeature.AVX512DQ),
    /** On lanes of eight bytes: W is 1 in the prefix EVEX. */
    DOUBLE(CpuFeature.AVX512F),
    FUSED(CpuFeature.AVX512F),
    INTEGER(CpuFeature.AVX512F),
    /** On lanes of one or two bytes. */
    SHORT_INTEGER(CpuFeature.AVX512BW),
    VNNI(CpuFeature.AVX512_VNNI),
    BROADCAST(CpuFeature.AVX512F),
    EVEX(CpuFeature.AVX512F);

    private static final Set<CpuFeature> AVX = Set.of(CpuFeature.AVX);
    private static final Set<CpuFeature> AVX2 = Set.of(CpuFeature.AVX2);
    private static final Set<CpuFeature> FMA = Set.of(CpuFeature.FMA);
    private static final Set<CpuFeature> AVX_VNNI = Set.of(CpuFeature.AVX_VNNI);

    private final Set<CpuFeature> evex512;
    private final Set<CpuFeature> evexShorter;

    Encodings(CpuFeature evex) {
      evex512 = Set.of(evex);
      evexShorter = Set.of(evex, CpuFeature.AVX512VL);
    }

    boolean hasVex() {
      return this != EVEX;
    }

    /** Features of the EVEX encoding. */
    Set<CpuFeature> evex(Width width) {
      return width == Width.ZMM ? evex512 : evexShorter;
    }

    /** Features of the VEX encoding, where there is one. */
    Set<CpuFeature> vex(Width width, boolean memory) {
      return switch (this) {
        case FUSED -> FMA;
        case VNNI -> AVX_VNNI;
        case INTEGER, SHORT_INTEGER -> width == Width.XMM ? AVX : AVX2;
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
