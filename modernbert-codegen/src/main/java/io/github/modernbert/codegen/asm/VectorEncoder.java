package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.CodeBuffer.bit;

import io.github.modernbert.codegen.asm.VectorOp.Encodings;
import io.github.modernbert.codegen.asm.VectorOp.Map;

/** One vector instruction as bytes, with a VEX or an EVEX prefix. */
final class VectorEncoder {
  private final VectorOp op;
  private final Mask mask;
  private final boolean zeroing;
  private int reg;
  private int vvvv;
  private Operand rm;
  private Width width;

  VectorEncoder(VectorOp op, Mask mask, boolean zeroing, Operand... operands) {
    int count = op.form == Form.REG_VVVV_RM ? 3 : 2;
    if (operands.length != count) {
      throw new IllegalArgumentException("%s has %d operands".formatted(op, count));
    }
    this.op = op;
    this.mask = mask;
    this.zeroing = zeroing;
    rm = operands[op.form == Form.RM_REG ? 0 : count - 1];
    switch (op.form) {
      case REG_VVVV_RM -> {
        reg = number(operands[0]);
        vvvv = number(operands[1]);
      }
      case REG_RM -> reg = number(operands[0]);
      case RM_REG -> reg = number(operands[1]);
      case VVVV_RM -> {
        reg = op.extension;
        vvvv = number(operands[0]);
      }
    }
    // Where widths differ, the wider one counts: that of the lanes of four bytes.
    width = Width.XMM;
    for (Operand operand : operands) {
      if (operand instanceof Vec vec && vec.width().compareTo(width) > 0) {
        width = vec.width();
      }
    }
  }

  private static int number(Operand operand) {
    return switch (operand) {
      case Vec vec -> vec.number();
      case Mask k -> k.number();
      case Gpr r -> r.number();
      case Tile t -> t.number();
      case Mem m -> throw new IllegalArgumentException("this must be a register, found " + m);
    };
  }

  /**
   * @param constantBytes bytes of a constant that the caller writes behind the instruction
   */
  void encode(CodeBuffer code, int constantBytes) {
    if (rm instanceof Mem mem && mem.broadcast() && op.tuple != Tuple.FULL) {
      throw new IllegalArgumentException(op + " cannot broadcast");
    }
    boolean vex = fitsVex();
    if (vex) {
      vex(code);
    } else {
      evex(code);
    }
    code.put8(op.opcode);
    if (rm instanceof Mem mem) {
      code.memory(reg, mem, vex ? 1 : op.tuple.bytes(width, mem.broadcast()), constantBytes);
    } else {
      code.registers(reg, number(rm));
    }
  }

  private boolean fitsVex() {
    boolean low = reg < 16 && vvvv < 16 && (rm instanceof Mem || number(rm) < 16);
    boolean plain = mask == Mask.K0 && !(rm instanceof Mem mem && mem.broadcast());
    boolean shiftOfMemory = op.form == Form.VVVV_RM && rm instanceof Mem;
    return op.encodings == Encodings.BOTH && low && plain && width != Width.ZMM && !shiftOfMemory;
  }

  /** Bit 3 of what is in the last operand's base or register. */
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
    code.put8((~vvvv & 15) << 3 | 4 | op.prefix.ordinal());
    int broadcast = rm instanceof Mem mem && mem.broadcast() ? 1 : 0;
    code.put8(
        (zeroing ? 0x80 : 0)
            | width.ordinal() << 5
            | broadcast << 4
            | (1 - (vvvv >> 4)) << 3
            | mask.number());
  }
}
