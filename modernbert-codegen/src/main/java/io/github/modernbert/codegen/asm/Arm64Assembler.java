package io.github.modernbert.codegen.asm;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes AArch64 instructions, those that are used and no others. Operands are in Arm's order: what
 * is written comes first, except in stores. Vectors are whole registers of 128 bits unless a method
 * says otherwise, and offsets are in bytes.
 */
public final class Arm64Assembler {
  /** When to branch, as instructions number it. */
  public enum Condition {
    EQUAL(0),
    NOT_EQUAL(1),
    /** Of numbers without sign. */
    ABOVE(8),
    GREATER(12),
    LESS_OR_EQUAL(13);

    final int code;

    Condition(int code) {
      this.code = code;
    }
  }

  /** Where instructions hold a distance. */
  private enum Field {
    /** In instructions, 26 bits. */
    JUMP,
    /** In instructions, 19 bits. */
    BRANCH,
    /** In bytes, 21 bits, the lowest two apart. */
    ADDRESS;

    int encode(int distance) {
      return switch (this) {
        case JUMP -> signed(distance, Integer.BYTES, 26);
        case BRANCH -> signed(distance, Integer.BYTES, 19) << 5;
        case ADDRESS -> {
          int bits = signed(distance, 1, 21);
          yield (bits & 3) << 29 | bits >> 2 << 5;
        }
      };
    }
  }

  /** An instruction that waits for a distance. */
  private record Use(int at, Label target, Field field) {}

  private final CodeBuffer code = new CodeBuffer();
  private final List<Use> uses = new ArrayList<>();

  /** The code, with all distances filled in. */
  public byte[] finish() {
    for (Use use : uses) {
      code.add32(use.at, use.field.encode(use.target.position() - use.at));
    }
    uses.clear();
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
      code.put32(0xD503201F);
    }
  }

  /** Four bytes that are no instruction. */
  public void data(int value) {
    code.put32(value);
  }

  public void mov(XReg target, XReg source) {
    registers(0xAA0003E0, target, 0, source.general());
  }

  /**
   * @param constant 0 to 65535
   */
  public void mov(XReg target, int constant) {
    code.put32(0xD2800000 | unsigned(constant, 1, 16) << 5 | target.general());
  }

  public void add(XReg target, XReg a, XReg b) {
    registers(0x8B000000, target, a.general(), b.general());
  }

  /**
   * @param constant 0 to 4095; a or the target may be the stack pointer
   */
  public void add(XReg target, XReg a, int constant) {
    constant(0x91000000, target.number(), a, constant);
  }

  public void sub(XReg target, XReg a, XReg b) {
    registers(0xCB000000, target, a.general(), b.general());
  }

  /**
   * @param constant 0 to 4095; a or the target may be the stack pointer
   */
  public void sub(XReg target, XReg a, int constant) {
    constant(0xD1000000, target.number(), a, constant);
  }

  /**
   * @param constant 0 to 4095
   */
  public void cmp(XReg a, int constant) {
    constant(0xF1000000, 31, a, constant);
  }

  /** Shifts to the left by 1 to 63 bits. */
  public void lsl(XReg target, XReg source, int bits) {
    bits(target, source, 64 - bits, 63 - bits);
  }

  /** Shifts to the right by 1 to 63 bits; zeros come from the left. */
  public void lsr(XReg target, XReg source, int bits) {
    bits(target, source, bits, 63);
  }

  /** The lowest bits, 1 to 63 of them. */
  public void low(XReg target, XReg source, int bits) {
    bits(target, source, 0, bits - 1);
  }

  private void bits(XReg target, XReg source, int rotation, int last) {
    registers(
        0xD3400000 | unsigned(rotation, 1, 6) << 16 | unsigned(last, 1, 6) << 10,
        target,
        source.general(),
        0);
  }

  public void ldr(XReg target, XReg base, int offset) {
    memory(0xF9400000, target.general(), base, offset, Long.BYTES);
  }

  /** The word of this number. */
  public void ldr(XReg target, XReg base, XReg index) {
    registers(0xF8607800, target, base.number(), index.general());
  }

  public void ldp(XReg first, XReg second, XReg base, int offset) {
    pair(0xA9400000, first.general(), second.general(), base, offset, Long.BYTES);
  }

  public void stp(XReg first, XReg second, XReg base, int offset) {
    pair(0xA9000000, first.general(), second.general(), base, offset, Long.BYTES);
  }

  /** The lower 64 bits of two vectors. */
  public void ldpLow(Vec first, Vec second, XReg base, int offset) {
    pair(0x6D400000, number(first), number(second), base, offset, Long.BYTES);
  }

  /** The lower 64 bits of two vectors. */
  public void stpLow(Vec first, Vec second, XReg base, int offset) {
    pair(0x6D000000, number(first), number(second), base, offset, Long.BYTES);
  }

  public void ldr(Vec target, XReg base, int offset) {
    memory(0x3DC00000, number(target), base, offset, Width.XMM.bytes());
  }

  /** The lower 64 bits; the others become 0. */
  public void ldrLow(Vec target, XReg base, int offset) {
    memory(0xFD400000, number(target), base, offset, Long.BYTES);
  }

  /** One float; the other lanes become 0. */
  public void ldrFloat(Vec target, XReg base, int offset) {
    memory(0xBD400000, number(target), base, offset, Float.BYTES);
  }

  public void ldp(Vec first, Vec second, XReg base, int offset) {
    pair(0xAD400000, number(first), number(second), base, offset, Width.XMM.bytes());
  }

  public void stp(Vec first, Vec second, XReg base, int offset) {
    pair(0xAD000000, number(first), number(second), base, offset, Width.XMM.bytes());
  }

  /** All bits become 0. */
  public void clear(Vec target) {
    code.put32(0x6F00E400 | number(target));
  }

  /** {@code target + a × one lane of b}, four floats, rounded once. */
  public void fmla(Vec target, Vec a, Vec b, int lane) {
    element(0x4F801000, target, a, b, lane);
  }

  /** Four floats. */
  public void fadd(Vec target, Vec a, Vec b) {
    vectors(0x4E20D400, target, a, b);
  }

  /**
   * To each of four 32-bit sums: four products of 8-bit integers, those of a in the same place, and
   * those of one lane of b.
   */
  public void sdot(Vec target, Vec a, Vec b, int lane) {
    element(0x4F80E000, target, a, b, lane);
  }

  /** To 2 × 2 32-bit sums: the two halves of a times the two halves of b, 8-bit integers. */
  public void smmla(Vec target, Vec a, Vec b) {
    vectors(0x4E80A400, target, a, b);
  }

  /** The lower two of four 32-bit lanes of each, in turn. */
  public void zipLow(Vec target, Vec a, Vec b) {
    vectors(0x4E803800, target, a, b);
  }

  /** The upper two of four 32-bit lanes of each, in turn. */
  public void zipHigh(Vec target, Vec a, Vec b) {
    vectors(0x4E807800, target, a, b);
  }

  /** The lower half of each. */
  public void joinLow(Vec target, Vec a, Vec b) {
    vectors(0x4EC03800, target, a, b);
  }

  /** The upper half of each. */
  public void joinHigh(Vec target, Vec a, Vec b) {
    vectors(0x4EC07800, target, a, b);
  }

  /** The address of a place in the code. */
  public void adr(XReg target, Label place) {
    distance(0x10000000 | target.general(), place, Field.ADDRESS);
  }

  public void jump(Label target) {
    distance(0x14000000, target, Field.JUMP);
  }

  public void jump(Condition condition, Label target) {
    distance(0x54000000 | condition.code, target, Field.BRANCH);
  }

  public void jumpIfZero(XReg a, Label target) {
    distance(0xB4000000 | a.general(), target, Field.BRANCH);
  }

  public void jumpIfNotZero(XReg a, Label target) {
    distance(0xB5000000 | a.general(), target, Field.BRANCH);
  }

  /** Calls the code at the address in a register. */
  public void call(XReg target) {
    code.put32(0xD63F0000 | target.general() << 5);
  }

  public void ret() {
    code.put32(0xD65F03C0);
  }

  private void distance(int instruction, Label target, Field field) {
    uses.add(new Use(code.size(), target, field));
    code.put32(instruction);
  }

  private void registers(int instruction, XReg target, int n, int m) {
    code.put32(instruction | m << 16 | n << 5 | target.general());
  }

  private void constant(int instruction, int target, XReg a, int constant) {
    code.put32(instruction | unsigned(constant, 1, 12) << 10 | a.number() << 5 | target);
  }

  private void memory(int instruction, int target, XReg base, int offset, int unit) {
    code.put32(instruction | unsigned(offset, unit, 12) << 10 | base.number() << 5 | target);
  }

  private void pair(int instruction, int first, int second, XReg base, int offset, int unit) {
    int registers = second << 10 | base.number() << 5 | first;
    code.put32(instruction | signed(offset, unit, 7) << 15 | registers);
  }

  private void element(int instruction, Vec target, Vec a, Vec b, int lane) {
    int index = unsigned(lane, 1, 2);
    vectors(instruction | (index & 1) << 21 | index >> 1 << 11, target, a, b);
  }

  private void vectors(int instruction, Vec target, Vec a, Vec b) {
    code.put32(instruction | number(b) << 16 | number(a) << 5 | number(target));
  }

  private static int number(Vec vector) {
    if (vector.width() != Width.XMM) {
      throw new IllegalArgumentException("vectors have 128 bits, found " + vector);
    }
    return vector.number();
  }

  private static int unsigned(int value, int unit, int bits) {
    return units(value, unit, 0, (1 << bits) - 1);
  }

  private static int signed(int value, int unit, int bits) {
    int limit = 1 << bits - 1;
    return units(value, unit, -limit, limit - 1) & (1 << bits) - 1;
  }

  private static int units(int value, int unit, int least, int most) {
    int units = value / unit;
    if (units * unit != value || units < least || units > most) {
      throw new IllegalArgumentException(
          "multiples of %d from %d to %d fit, found %d"
              .formatted(unit, least * unit, most * unit, value));
    }
    return units;
  }
}
