package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.Form.REG_RM;
import static io.github.modernbert.codegen.asm.Form.REG_VVVV_RM;
import static io.github.modernbert.codegen.asm.Form.RM_REG;
import static io.github.modernbert.codegen.asm.Form.VVVV_RM;
import static io.github.modernbert.codegen.asm.Tuple.FULL;
import static io.github.modernbert.codegen.asm.Tuple.FULL_MEM;
import static io.github.modernbert.codegen.asm.Tuple.QUARTER;
import static io.github.modernbert.codegen.asm.Tuple.SCALAR;

/**
 * Instructions on vectors: the rows of the manual's tables (Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2). All have W = 0.
 */
public enum VectorOp {
  VADDPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x58, FULL, Encodings.BOTH),
  VMULPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x59, FULL, Encodings.BOTH),
  VSUBPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5C, FULL, Encodings.BOTH),
  VMINPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5D, FULL, Encodings.BOTH),
  VDIVPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5E, FULL, Encodings.BOTH),
  VMAXPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x5F, FULL, Encodings.BOTH),
  VXORPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x57, FULL, Encodings.BOTH),
  VPXORD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xEF, FULL, Encodings.EVEX),
  VPADDD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xFE, FULL, Encodings.BOTH),
  VFMADD213PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xA8, FULL, Encodings.BOTH),
  VFMADD231PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xB8, FULL, Encodings.BOTH),
  VBLENDMPS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x65, FULL, Encodings.EVEX),
  VPDPBUSD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x50, FULL, Encodings.EVEX),
  /** Into a mask; the constant is the predicate. */
  VCMPPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0xC2, FULL, Encodings.EVEX, true),
  VMOVUPS_LOAD(REG_RM, Map.M0F, Prefix.NONE, 0x10, FULL_MEM, Encodings.BOTH),
  VMOVUPS_STORE(RM_REG, Map.M0F, Prefix.NONE, 0x11, FULL_MEM, Encodings.BOTH),
  VMOVAPS_LOAD(REG_RM, Map.M0F, Prefix.NONE, 0x28, FULL_MEM, Encodings.BOTH),
  /** From memory, or from the lowest lane of a register of 128 bits. */
  VBROADCASTSS(REG_RM, Map.M0F38, Prefix.P66, 0x18, SCALAR, Encodings.BOTH),
  VCVTPS2DQ(REG_RM, Map.M0F, Prefix.P66, 0x5B, FULL, Encodings.BOTH),
  VCVTDQ2PS(REG_RM, Map.M0F, Prefix.NONE, 0x5B, FULL, Encodings.BOTH),
  VPMOVDB(RM_REG, Map.M0F38, Prefix.PF3, 0x31, QUARTER, Encodings.EVEX),
  VPSLLD(VVVV_RM, Map.M0F, Prefix.P66, 0x72, FULL, Encodings.BOTH, true, 6),
  VPSRAD(VVVV_RM, Map.M0F, Prefix.P66, 0x72, FULL, Encodings.BOTH, true, 4),
  VPANDD(REG_VVVV_RM, Map.M0F, Prefix.P66, 0xDB, FULL, Encodings.EVEX),
  VPMAXSD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x3D, FULL, Encodings.BOTH),
  VPMULLD(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0x40, FULL, Encodings.BOTH),
  /** The constant is how many lanes the second and the first source together move down. */
  VALIGND(REG_VVVV_RM, Map.M0F3A, Prefix.P66, 0x03, FULL, Encodings.EVEX, true),
  VFMSUB213PS(REG_VVVV_RM, Map.M0F38, Prefix.P66, 0xAA, FULL, Encodings.BOTH),
  VANDPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x54, FULL, Encodings.BOTH),
  VORPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x56, FULL, Encodings.BOTH),
  VSQRTPS(REG_RM, Map.M0F, Prefix.NONE, 0x51, FULL, Encodings.BOTH),
  VUNPCKLPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x14, FULL, Encodings.BOTH),
  VUNPCKHPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0x15, FULL, Encodings.BOTH),
  /** The constant says which lane goes where, in each quarter of a vector. */
  VSHUFPS(REG_VVVV_RM, Map.M0F, Prefix.NONE, 0xC6, FULL, Encodings.BOTH, true);

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

  /** The encodings an instruction has. */
  enum Encodings {
    /** VEX for registers below 16, up to 256 bits, without mask or broadcast; EVEX otherwise. */
    BOTH,
    EVEX
  }

  final Form form;
  final Map map;
  final Prefix prefix;
  final int opcode;
  final Tuple tuple;
  final Encodings encodings;
  final boolean constant;

  /** What stands in the register field of {@link Form#VVVV_RM}. */
  final int extension;

  VectorOp(Form form, Map map, Prefix prefix, int opcode, Tuple tuple, Encodings encodings) {
    this(form, map, prefix, opcode, tuple, encodings, false, 0);
  }

  VectorOp(
      Form form,
      Map map,
      Prefix prefix,
      int opcode,
      Tuple tuple,
      Encodings encodings,
      boolean constant) {
    this(form, map, prefix, opcode, tuple, encodings, constant, 0);
  }

  VectorOp(
      Form form,
      Map map,
      Prefix prefix,
      int opcode,
      Tuple tuple,
      Encodings encodings,
      boolean constant,
      int extension) {
    this.form = form;
    this.map = map;
    this.prefix = prefix;
    this.opcode = opcode;
    this.tuple = tuple;
    this.encodings = encodings;
    this.constant = constant;
    this.extension = extension;
  }
}
