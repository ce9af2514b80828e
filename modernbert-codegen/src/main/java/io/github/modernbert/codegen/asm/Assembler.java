package io.github.modernbert.codegen.asm;

import static io.github.modernbert.codegen.asm.CodeBuffer.bit;

import io.github.modernbert.codegen.asm.ScalarOp.Arithmetic;
import io.github.modernbert.codegen.asm.ScalarOp.Cache;
import io.github.modernbert.codegen.asm.ScalarOp.Condition;
import io.github.modernbert.codegen.asm.VectorOp.Prefix;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes x86-64 instructions, those that are used and no others. Operands are in Intel's order: the
 * first one is written. Instructions on general registers work on all 64 bits, but for {@code
 * mov32}. Jumps have distances of four bytes.
 */
public final class Assembler {
  private final CodeBuffer code = new CodeBuffer();
  private final Set<Label> used = new HashSet<>();

  /** The code, with all distances filled in. */
  public byte[] finish() {
    for (Label label : used) {
      for (int at : label.uses()) {
        code.add32(at, label.position() - at - Integer.BYTES);
      }
    }
    used.clear();
    return code.toArray();
  }

  public int size() {
    return code.size();
  }

  public void bind(Label label) {
    label.bind(code.size());
  }

  /** Fills up to a multiple with instructions that do nothing. */
  public void align(int bytes) {
    while (code.size() % bytes != 0) {
      code.put8(0x90);
    }
  }

  /** Four bytes that are no instruction. */
  public void data(int value) {
    code.put32(value);
  }

  /**
   * A table of positions in the code: eight bytes each, how far they are from the beginning of the
   * table.
   */
  public void table(Label label, int[] positions) {
    bind(label);
    int begin = size();
    for (int position : positions) {
      code.put32(position - begin);
      code.put32(position < begin ? -1 : 0);
    }
  }

  /** A vector instruction. */
  public void emit(VectorOp op, Operand... operands) {
    emit(op, Mask.K0, false, operands);
  }

  /** A vector instruction that writes lanes of a mask; the others keep their values or become 0. */
  public void emit(VectorOp op, Mask mask, boolean zeroing, Operand... operands) {
    requireConstant(op, false);
    vector(op, mask, zeroing, 0, operands);
  }

  /** A vector instruction with a constant of eight bits. */
  public void emit(VectorOp op, int constant, Operand... operands) {
    requireConstant(op, true);
    vector(op, Mask.K0, false, 1, operands);
    code.put8(constant);
  }

  private static void requireConstant(VectorOp op, boolean given) {
    if (op.constant != given) {
      throw new IllegalArgumentException(op + (given ? " has no constant" : " needs a constant"));
    }
  }

  private void vector(VectorOp op, Mask mask, boolean zeroing, int after, Operand... operands) {
    new VectorEncoder(op, mask, zeroing, operands).encode(code, after);
    for (Operand operand : operands) {
      if (operand instanceof Mem mem) {
        remember(mem);
      }
    }
  }

  private void remember(Mem mem) {
    Label label = mem.label();
    if (label != null) {
      used.add(label);
    }
  }

  /** {@code kmovw}: the low 16 bits of a register. */
  public void kmovw(Mask target, Gpr source) {
    vexRegisters(1 - bit(source, 3), target.number(), source.number(), 0x92);
  }

  /** {@code kmovw}: to a register, whose upper bits become 0. */
  public void kmovw(Gpr target, Mask source) {
    code.put8(0xC5);
    code.put8((1 - bit(target, 3)) << 7 | 0x78);
    code.put8(0x93);
    code.registers(target.number(), source.number());
  }

  private void vexRegisters(int b, int reg, int rm, int opcode) {
    if (b == 1) {
      code.put8(0xC5);
      code.put8(0xF8);
    } else {
      code.put8(0xC4);
      code.put8(0xC1);
      code.put8(0x78);
    }
    code.put8(opcode);
    code.registers(reg, rm);
  }

  public void vzeroupper() {
    code.put8(0xC5);
    code.put8(0xF8);
    code.put8(0x77);
  }

  /** Takes the shapes of tiles from memory. */
  public void ldtilecfg(Mem source) {
    tile(Prefix.NONE, 0, source, 0x49);
  }

  /** Forgets tiles and their shapes. */
  public void tilerelease() {
    tileVex(Prefix.NONE, 0, 1, 1, 0x49);
    code.registers(0, 0);
  }

  public void tilezero(Tile target) {
    tileVex(Prefix.PF2, 0, 1, 1, 0x49);
    code.registers(target.number(), 0);
  }

  /**
   * Reads rows.
   *
   * @param source has an index: the distance of rows, times the scale
   */
  public void tileloadd(Tile target, Mem source) {
    tile(Prefix.PF2, target.number(), rows(source), 0x4B);
  }

  /** Writes rows; see {@link #tileloadd}. */
  public void tilestored(Mem target, Tile source) {
    tile(Prefix.PF3, source.number(), rows(target), 0x4B);
  }

  /** Without an index the bytes would be those of no instruction. */
  private static Mem rows(Mem mem) {
    if (mem.index() == null) {
      throw new IllegalArgumentException(
          "the distance of rows is the index, which is not in " + mem);
    }
    return mem;
  }

  /** Adds products of four unsigned bytes of a with four signed ones of b. */
  public void tdpbusd(Tile sum, Tile a, Tile b) {
    tileVex(Prefix.P66, b.number(), 1, 1, 0x5E);
    code.registers(sum.number(), a.number());
  }

  private void tile(Prefix prefix, int reg, Mem mem, int opcode) {
    tileVex(prefix, 0, 1 - bit(mem.index(), 3), 1 - bit(mem.base(), 3), opcode);
    code.memory(reg, mem, 1, 0);
    remember(mem);
  }

  /** The three-byte form with map 0F38. */
  private void tileVex(Prefix prefix, int vvvv, int x, int b, int opcode) {
    code.put8(0xC4);
    code.put8(0x80 | x << 6 | b << 5 | VectorOp.Map.M0F38.ordinal());
    code.put8((~vvvv & 15) << 3 | prefix.ordinal());
    code.put8(opcode);
  }

  public void mov(Gpr target, Gpr source) {
    registers(0x89, source, target);
  }

  public void mov(Gpr target, int constant) {
    rex(null, null, target);
    code.put8(0xC7);
    code.registers(0, target.number());
    code.put32(constant);
  }

  public void mov(Gpr target, Mem source) {
    memory(0x8B, target, source);
  }

  public void mov(Mem target, Gpr source) {
    memory(0x89, source, target);
  }

  /** Loads four bytes; the upper half of the register becomes 0. */
  public void mov32(Gpr target, Mem source) {
    memory32(0x8B, target, source);
  }

  /** Stores the lower half of a register. */
  public void mov32(Mem target, Gpr source) {
    memory32(0x89, source, target);
  }

  public void lea(Gpr target, Mem address) {
    memory(0x8D, target, address);
  }

  public void arithmetic(Arithmetic op, Gpr target, Gpr source) {
    registers(op.opcode + 1, source, target);
  }

  public void arithmetic(Arithmetic op, Gpr target, Mem source) {
    memory(op.opcode + 3, target, source);
  }

  public void arithmetic(Arithmetic op, Gpr target, int constant) {
    rex(null, null, target);
    if (constant == (byte) constant) {
      code.put8(0x83);
      code.registers(op.extension(), target.number());
      code.put8(constant);
      return;
    }
    if (target == Gpr.RAX) {
      code.put8(op.opcode + 5);
    } else {
      code.put8(0x81);
      code.registers(op.extension(), target.number());
    }
    code.put32(constant);
  }

  public void test(Gpr a, Gpr b) {
    registers(0x85, b, a);
  }

  public void imul(Gpr target, Gpr source) {
    rex(target, null, source);
    code.put8(0x0F);
    code.put8(0xAF);
    code.registers(target.number(), source.number());
  }

  /** Shifts to the left by 2 to 63 bits. */
  public void shl(Gpr target, int bits) {
    shift(4, target, bits);
  }

  /** Shifts to the right by 2 to 63 bits; zeros come from the left. */
  public void shr(Gpr target, int bits) {
    shift(5, target, bits);
  }

  private void shift(int extension, Gpr target, int bits) {
    if (bits < 2 || bits > 63) {
      throw new IllegalArgumentException("shifts are by 2 to 63 bits, found " + bits);
    }
    rex(null, null, target);
    code.put8(0xC1);
    code.registers(extension, target.number());
    code.put8(bits);
  }

  public void dec(Gpr target) {
    rex(null, null, target);
    code.put8(0xFF);
    code.registers(1, target.number());
  }

  public void push(Gpr source) {
    stack(0x50, source);
  }

  public void pop(Gpr target) {
    stack(0x58, target);
  }

  private void stack(int opcode, Gpr register) {
    if (register.number() >= 8) {
      code.put8(0x41);
    }
    code.put8(opcode | register.number() & 7);
  }

  public void prefetch(Cache cache, Mem mem) {
    int rex = bit(mem.index(), 3) << 1 | bit(mem.base(), 3);
    if (rex != 0) {
      code.put8(0x40 | rex);
    }
    code.put8(0x0F);
    code.put8(0x18);
    code.memory(cache.code, mem, 1, 0);
    remember(mem);
  }

  public void jump(Label target) {
    code.put8(0xE9);
    distance(target);
  }

  public void jump(Condition condition, Label target) {
    code.put8(0x0F);
    code.put8(0x80 | condition.code);
    distance(target);
  }

  /** Calls the code at the address in a register. */
  public void call(Gpr target) {
    if (target.number() >= 8) {
      code.put8(0x41);
    }
    code.put8(0xFF);
    code.registers(2, target.number());
  }

  private void distance(Label target) {
    target.use(code.size());
    used.add(target);
    code.put32(0);
  }

  public void ret() {
    code.put8(0xC3);
  }

  public void cpuid() {
    code.put8(0x0F);
    code.put8(0xA2);
  }

  public void xgetbv() {
    code.put8(0x0F);
    code.put8(0x01);
    code.put8(0xD0);
  }

  private void registers(int opcode, Gpr reg, Gpr rm) {
    rex(reg, null, rm);
    code.put8(opcode);
    code.registers(reg.number(), rm.number());
  }

  private void memory(int opcode, Gpr reg, Mem mem) {
    rex(reg, mem.index(), mem.base());
    code.put8(opcode);
    code.memory(reg.number(), mem, 1, 0);
    remember(mem);
  }

  private void memory32(int opcode, Gpr reg, Mem mem) {
    int upperBits = bit(reg, 3) << 2 | bit(mem.index(), 3) << 1 | bit(mem.base(), 3);
    if (upperBits != 0) {
      code.put8(0x40 | upperBits);
    }
    code.put8(opcode);
    code.memory(reg.number(), mem, 1, 0);
    remember(mem);
  }

  /** The prefix of instructions on 64 bits, which holds the upper bits of registers' numbers. */
  private void rex(@Nullable Gpr reg, @Nullable Gpr index, @Nullable Gpr base) {
    code.put8(0x48 | bit(reg, 3) << 2 | bit(index, 3) << 1 | bit(base, 3));
  }
}
