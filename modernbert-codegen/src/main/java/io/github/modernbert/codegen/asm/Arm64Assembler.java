package io.github.modernbert.codegen.asm;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes AArch64 instructions. Operands are in Arm's order: the first one is written, except in
 * stores. Vectors are whole registers of 128 bits; offsets are in bytes.
 */
public final class Arm64Assembler extends Assembler {
  private static final Set<CpuFeature> NEON = Set.of(CpuFeature.NEON);
  private static final Set<CpuFeature> DOTPROD = Set.of(CpuFeature.DOTPROD);
  private static final Set<CpuFeature> I8MM = Set.of(CpuFeature.I8MM);

  /** Lanes of a vector. */
  public enum Lanes {
    /** Four of 32 bits, {@code .4s}. */
    S4(0x00000000),
    /** Two of 64 bits, {@code .2d}. */
    D2(0x00400000);

    private final int bits;

    Lanes(int bits) {
      this.bits = bits;
    }

    @Override
    public String toString() {
      return this == S4 ? "4s" : "2d";
    }
  }

  /**
   * An assembler.
   *
   * @param features those whose instructions the code may use
   * @param listing records what is written, if it is given
   */
  public Arm64Assembler(Set<CpuFeature> features, @Nullable Listing listing) {
    super(features, listing);
  }

  @Override
  void nops(int bytes) {
    int count = bytes / Integer.BYTES;
    begin(".fill %s, 4, 0xd503201f", count);
    for (int i = 0; i < count; i++) {
      code.put32(0xD503201F);
    }
  }

  public void mov(XReg target, XReg source) {
    begin("mov %s, %s", target, source);
    registers(0xAA0003E0, target, 0, source.general());
  }

  /**
   * Moves a constant into a register.
   *
   * @param constant 0 to 65535
   */
  public void movz(XReg target, int constant) {
    begin("movz %s, #%s", target, constant);
    code.put32(0xD2800000 | unsigned(constant, 1, 16) << 5 | target.general());
  }

  public void add(XReg target, XReg a, XReg b) {
    begin("add %s, %s, %s", target, a, b);
    registers(0x8B000000, target, a.general(), b.general());
  }

  /**
   * Adds a constant.
   *
   * @param constant 0 to 4095; a or the target may be the stack pointer
   */
  public void add(XReg target, XReg a, int constant) {
    begin("add %s, %s, #%s", target, a, constant);
    constant(0x91000000, target.number(), a, constant);
  }

  public void sub(XReg target, XReg a, XReg b) {
    begin("sub %s, %s, %s", target, a, b);
    registers(0xCB000000, target, a.general(), b.general());
  }

  /**
   * Subtracts a constant.
   *
   * @param constant 0 to 4095; a or the target may be the stack pointer
   */
  public void sub(XReg target, XReg a, int constant) {
    begin("sub %s, %s, #%s", target, a, constant);
    constant(0xD1000000, target.number(), a, constant);
  }

  /**
   * Compares with a constant.
   *
   * @param constant 0 to 4095
   */
  public void cmp(XReg a, int constant) {
    begin("cmp %s, #%s", a, constant);
    constant(0xF1000000, 31, a, constant);
  }

  /** Shifts to the left by 1 to 63 bits. */
  public void lsl(XReg target, XReg source, int bits) {
    begin("lsl %s, %s, #%s", target, source, bits);
    bitfield(target, source, 64 - bits, 63 - bits);
  }

  /** Shifts to the right by 1 to 63 bits; zeros come from the left. */
  public void lsr(XReg target, XReg source, int bits) {
    begin("lsr %s, %s, #%s", target, source, bits);
    bitfield(target, source, bits, 63);
  }

  /** Extracts so many bits from one on; the others become 0. */
  public void ubfx(XReg target, XReg source, int first, int bits) {
    begin("ubfx %s, %s, #%s, #%s", target, source, first, bits);
    bitfield(target, source, first, first + bits - 1);
  }

  private void bitfield(XReg target, XReg source, int rotation, int last) {
    int fields = unsigned(rotation, 1, 6) << 16 | unsigned(last, 1, 6) << 10;
    registers(0xD3400000 | fields, target, source.general(), 0);
  }

  public void ldr(XReg target, XReg base, int offset) {
    begin("ldr %s, [%s, #%s]", target, base, offset);
    memory(0xF9400000, target.general(), base, offset, Long.BYTES);
  }

  /** Loads the word of a number. */
  public void ldr(XReg target, XReg base, XReg index) {
    begin("ldr %s, [%s, %s, lsl #3]", target, base, index);
    registers(0xF8607800, target, base.number(), index.general());
  }

  public void ldp(XReg first, XReg second, XReg base, int offset) {
    begin("ldp %s, %s, [%s, #%s]", first, second, base, offset);
    pair(0xA9400000, first.general(), second.general(), base, offset, Long.BYTES);
  }

  public void stp(XReg first, XReg second, XReg base, int offset) {
    begin("stp %s, %s, [%s, #%s]", first, second, base, offset);
    pair(0xA9000000, first.general(), second.general(), base, offset, Long.BYTES);
  }

  /** Loads 64 bits of each. */
  public void ldp(LowLane first, LowLane second, XReg base, int offset) {
    begin(NEON, "ldp %s, %s, [%s, #%s]", first, second, base, offset);
    pair(0x6D400000, doubleWord(first), doubleWord(second), base, offset, Long.BYTES);
  }

  /** Stores 64 bits of each. */
  public void stp(LowLane first, LowLane second, XReg base, int offset) {
    begin(NEON, "stp %s, %s, [%s, #%s]", first, second, base, offset);
    pair(0x6D000000, doubleWord(first), doubleWord(second), base, offset, Long.BYTES);
  }

  private static int doubleWord(LowLane lane) {
    if (lane.bytes() != Long.BYTES) {
      throw new IllegalArgumentException("pairs are of 64 bits, found " + lane);
    }
    return number(lane.vector());
  }

  public void ldr(Vec target, XReg base, int offset) {
    begin(NEON, "ldr q%s, [%s, #%s]", target.number(), base, offset);
    memory(0x3DC00000, number(target), base, offset, Width.XMM.bytes());
  }

  /** Loads a lane; the others become 0. */
  public void ldr(LowLane target, XReg base, int offset) {
    begin(NEON, "ldr %s, [%s, #%s]", target, base, offset);
    int instruction = target.bytes() == Long.BYTES ? 0xFD400000 : 0xBD400000;
    memory(instruction, number(target.vector()), base, offset, target.bytes());
  }

  public void ldp(Vec first, Vec second, XReg base, int offset) {
    begin(NEON, "ldp q%s, q%s, [%s, #%s]", first.number(), second.number(), base, offset);
    pair(0xAD400000, number(first), number(second), base, offset, Width.XMM.bytes());
  }

  public void stp(Vec first, Vec second, XReg base, int offset) {
    begin(NEON, "stp q%s, q%s, [%s, #%s]", first.number(), second.number(), base, offset);
    pair(0xAD000000, number(first), number(second), base, offset, Width.XMM.bytes());
  }

  /**
   * Moves a constant into a vector.
   *
   * @param constant 0, the only one that is used
   */
  public void movi(Vec target, int constant) {
    begin(NEON, "movi v%s.2d, #%s", target.number(), unsigned(constant, 1, 0));
    code.put32(0x6F00E400 | number(target));
  }

  /** {@code target + a × one lane of b}, four floats, rounded once. */
  public void fmla(Vec target, Vec a, Vec b, int lane) {
    String format = "fmla v%s.4s, v%s.4s, v%s.s[%s]";
    begin(NEON, format, target.number(), a.number(), b.number(), lane);
    element(0x4F801000, target, a, b, lane);
  }

  /** Adds four floats. */
  public void fadd(Vec target, Vec a, Vec b) {
    begin(NEON, "fadd v%s.4s, v%s.4s, v%s.4s", target.number(), a.number(), b.number());
    vectors(0x4E20D400, target, a, b);
  }

  /**
   * Adds to each of four 32-bit sums four products of 8-bit integers: those of a in the same place
   * times those of one lane of b.
   */
  public void sdot(Vec target, Vec a, Vec b, int lane) {
    String format = "sdot v%s.4s, v%s.16b, v%s.4b[%s]";
    begin(DOTPROD, format, target.number(), a.number(), b.number(), lane);
    element(0x4F80E000, target, a, b, lane);
  }

  /** Adds to 2 × 2 32-bit sums the two halves of a times the two halves of b, 8-bit integers. */
  public void smmla(Vec target, Vec a, Vec b) {
    begin(I8MM, "smmla v%s.4s, v%s.16b, v%s.16b", target.number(), a.number(), b.number());
    vectors(0x4E80A400, target, a, b);
  }

  /** Takes the lanes of the lower halves of both in turn. */
  public void zip1(Lanes lanes, Vec target, Vec a, Vec b) {
    zip(0x4E803800, "zip1", lanes, target, a, b);
  }

  /** Takes the lanes of the upper halves of both in turn. */
  public void zip2(Lanes lanes, Vec target, Vec a, Vec b) {
    zip(0x4E807800, "zip2", lanes, target, a, b);
  }

  private void zip(int instruction, String mnemonic, Lanes lanes, Vec target, Vec a, Vec b) {
    String format = mnemonic + " v%2$s.%1$s, v%3$s.%1$s, v%4$s.%1$s";
    begin(NEON, format, lanes, target.number(), a.number(), b.number());
    vectors(instruction | lanes.bits, target, a, b);
  }

  /** Computes the address of a place in the code. */
  public void adr(XReg target, Label place) {
    begin("adr %s, %s", target, place);
    code.put32(0x10000000 | target.general(), place, Arm64Assembler::addressField);
  }

  public void b(Label target) {
    begin("b %s", target);
    code.put32(0x14000000, target, distance -> signed(distance, Integer.BYTES, 26));
  }

  /** Branches if equal. */
  public void beq(Label target) {
    branch("b.eq %s", 0x54000000, target);
  }

  /** Branches if higher, of numbers without sign. */
  public void bhi(Label target) {
    branch("b.hi %s", 0x54000008, target);
  }

  /** Branches if less or equal. */
  public void ble(Label target) {
    branch("b.le %s", 0x5400000D, target);
  }

  /** Branches if a register is 0. */
  public void cbz(XReg a, Label target) {
    branch("cbz " + a + ", %s", 0xB4000000 | a.general(), target);
  }

  /** Branches if a register is not 0. */
  public void cbnz(XReg a, Label target) {
    branch("cbnz " + a + ", %s", 0xB5000000 | a.general(), target);
  }

  /** Calls the code at the address in a register. */
  public void blr(XReg target) {
    begin("blr %s", target);
    code.put32(0xD63F0000 | target.general() << 5);
  }

  public void ret() {
    begin("ret");
    code.put32(0xD65F03C0);
  }

  private void branch(String format, int instruction, Label target) {
    begin(format, target);
    code.put32(instruction, target, distance -> signed(distance, Integer.BYTES, 19) << 5);
  }

  /** A distance in bytes, 21 bits, the lowest two apart. */
  private static int addressField(int distance) {
    int bits = signed(distance, 1, 21);
    return (bits & 3) << 29 | bits >> 2 << 5;
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
          String.format(
              Locale.ROOT,
              "multiples of %d from %d to %d fit, found %d",
              unit,
              least * unit,
              most * unit,
              value));
    }
    return units;
  }
}
