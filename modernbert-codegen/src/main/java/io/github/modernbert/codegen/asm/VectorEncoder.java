package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.ModRm.bit;

import io.github.modernbert.codegen.asm.VectorOp.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One vector instruction as bytes, with a VEX or an EVEX prefix. */
final class VectorEncoder {
  private final VectorOp op;
  private final Operand[] operands;
  private final Mask mask;
  private int reg;
  private int vvvv;
  private final Operand rm;
  private Width width;

  VectorEncoder(VectorOp op, Operand... operands) {
    if (operands.length != op.form.operands) {
      throw new IllegalArgumentException("%s has %d operands".formatted(op, op.form.operands));
    }
    this.op = op;
    this.operands = operands;
    Masked masked = operands[0] instanceof Masked m ? m : null;
    mask = masked == null ? Mask.K0 : masked.mask();
    Operand first = masked == null ? operands[0] : masked.register();
    rm = op.form == Form.RM_REG ? first : operands[operands.length - 1];
    switch (op.form) {
      case REG_VVVV_RM, REG_VVVV_RM_CONSTANT -> {
        reg = number(first);
        vvvv = number(operands[1]);
      }
      case REG_RM -> reg = number(first);
      case RM_REG -> reg = number(operands[1]);
      case VVVV_RM_CONSTANT -> {
        reg = op.extension;
        vvvv = number(first);
      }
    }
    // Where widths differ, the wider one counts: that of the larger lanes.
    width = first instanceof Vec vec ? vec.width() : Width.XMM;
    for (Operand operand : operands) {
      if (operand instanceof Vec vec && vec.width().compareTo(width) > 0) {
        width = vec.width();
      }
    }
  }

  private static int number(Operand operand) {
    if (operand instanceof Vec vec) {
      return vec.number();
    }
    if (operand instanceof Mask k) {
      return k.number();
    }
    throw new IllegalArgumentException("expected a vector register, found " + operand);
  }

  /** The CPU features that this encoding needs. */
  Set<CpuFeature> features() {
    return fitsVex() ? op.encodings.vex(width, rm instanceof Mem) : op.encodings.evex(width);
  }

  /** The operands as text. */
  @Override
  public String toString() {
    return Stream.of(operands).map(Operand::toString).collect(Collectors.joining(", "));
  }

  /**
   * Writes the instruction.
   *
   * @param constantBytes bytes of a constant that the caller writes behind it
   */
  void encode(CodeBuffer code, int constantBytes) {
    boolean vex = fitsVex();
    if (vex) {
      vex(code);
    } else {
      evex(code);
    }
    code.put8(op.opcode);
    if (rm instanceof Mem mem) {
      int unit = vex ? 1 : op.tuple.bytes(width);
      ModRm.memory(code, reg, mem, unit, constantBytes);
    } else {
      ModRm.registers(code, reg, number(rm));
    }
  }

  /** Whether the shorter encoding is the one. */
  boolean fitsVex() {
    boolean low = reg < 16 && vvvv < 16 && (rm instanceof Mem || number(rm) < 16);
    boolean shiftOfMemory = op.form == Form.VVVV_RM_CONSTANT && rm instanceof Mem;
    return op.encodings.hasVex() && low && mask == Mask.K0 && width != Width.ZMM && !shiftOfMemory;
  }

  /** Bit 3 of the last operand's base or register. */
  private int b() {
    return rm instanceof Mem mem ? bit(mem.base(), 3) : number(rm) >> 3 & 1;
  }

  /** Bit 3 of the index, or bit 4 of the last operand's register. */
  private int x() {
    return rm instanceof Mem mem ? bit(mem.index(), 3) : number(rm) >> 4 & 1;
  }

  private void vex(CodeBuffer code) {
    int r = reg >> 3 & 1;
    int last = (~vvvv & 15) << 3 | width.ordinal() << 2 | op.prefix.ordinal();
    if (x() == 0 && b() == 0 && op.map == Map.M0F) {
      code.put8(0xC5);
      code.put8((1 - r) << 7 | last);
    } else {
      code.put8(0xC4);
      code.put8((1 - r) << 7 | (1 - x()) << 6 | (1 - b()) << 5 | op.map.ordinal());
      code.put8(last);
    }
  }

  private void evex(CodeBuffer code) {
    code.put8(0x62);
    int inverted = (reg >> 3 & 1) << 7 | x() << 6 | b() << 5 | (reg >> 4 & 1) << 4;
    code.put8(inverted ^ 0xF0 | op.map.ordinal());
    int w = op.encodings == VectorOp.Encodings.DOUBLE ? 0x80 : 0;
    code.put8(w | (~vvvv & 15) << 3 | 4 | op.prefix.ordinal());
    code.put8(width.ordinal() << 5 | (1 - (vvvv >> 4)) << 3 | mask.number());
  }
}
