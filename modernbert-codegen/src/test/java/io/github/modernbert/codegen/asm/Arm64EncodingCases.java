package io.github.modernbert.codegen.asm;

import io.github.modernbert.codegen.asm.Arm64Assembler.Lanes;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Instructions of AArch64, like {@link EncodingCases}: each with each register in each place, while
 * the others change, and with the least and the greatest constants; all combinations of registers
 * with one instruction.
 */
final class Arm64EncodingCases {
  private static final XReg[] REGISTERS =
      IntStream.rangeClosed(0, 31).filter(i -> i != 18).mapToObj(XReg::new).toArray(XReg[]::new);
  private static final int[] CONSTANTS = {0, 1, 255, 1024, 4095};

  /** Offsets without sign, in units. */
  private static final int[] OFFSETS = {0, 1, 100, 4095};

  /** Offsets of pairs, which have a sign, in units. */
  private static final int[] PAIR_OFFSETS = {0, 1, -1, 63, -64};

  private final Consumer<Consumer<Arm64Assembler>> target;
  private int turn;

  private Arm64EncodingCases(Consumer<Consumer<Arm64Assembler>> target) {
    this.target = target;
  }

  /**
   * Calls the target with each case.
   *
   * @param target takes the code of a case
   */
  static void forEach(Consumer<Consumer<Arm64Assembler>> target) {
    var cases = new Arm64EncodingCases(target);
    cases.arithmetic();
    cases.memory();
    cases.pairs();
    cases.vectors();
    cases.allVectors();
    cases.jumps();
  }

  private void add(Consumer<Arm64Assembler> code) {
    target.accept(code);
  }

  /** A number that runs through 0 … limit − 1 in turn with others. */
  private int next(int limit) {
    turn = turn * 5 + 12345 & 0x7FFFFFF;
    return (turn >> 7) % limit;
  }

  private XReg any() {
    return REGISTERS[next(REGISTERS.length)];
  }

  /** Any but the stack pointer. */
  private XReg general() {
    return REGISTERS[next(REGISTERS.length - 1)];
  }

  private static Vec vector(int number) {
    return Width.XMM.register(number);
  }

  private void arithmetic() {
    for (XReg a : REGISTERS) {
      XReg other = any();
      for (int constant : CONSTANTS) {
        add(asm -> asm.add(a, other, constant));
        add(asm -> asm.add(other, a, constant));
        add(asm -> asm.sub(a, other, constant));
        add(asm -> asm.sub(other, a, constant));
        add(asm -> asm.cmp(a, constant));
      }
      if (!a.equals(XReg.SP)) {
        general(a);
      }
    }
  }

  private void general(XReg a) {
    XReg b = general();
    XReg c = general();
    for (XReg[] r : new XReg[][] {{a, b, c}, {b, a, c}, {b, c, a}}) {
      add(asm -> asm.add(r[0], r[1], r[2]));
      add(asm -> asm.sub(r[0], r[1], r[2]));
      add(asm -> asm.mov(r[0], r[1]));
      int bits = 1 + next(63);
      int first = next(64 - bits + 1);
      add(asm -> asm.lsl(r[0], r[1], bits));
      add(asm -> asm.lsr(r[0], r[1], bits));
      add(asm -> asm.ubfx(r[0], r[1], 0, bits));
      add(asm -> asm.ubfx(r[0], r[1], first, bits));
    }
    for (int constant : new int[] {0, 1, 0x1234, 0xFFFF}) {
      add(asm -> asm.movz(a, constant));
    }
    add(asm -> asm.blr(a));
  }

  private void memory() {
    for (XReg base : REGISTERS) {
      for (int units : OFFSETS) {
        XReg x = general();
        Vec v = vector(next(32));
        add(asm -> asm.ldr(x, base, units * 8));
        add(asm -> asm.ldr(v, base, units * 16));
        add(asm -> asm.ldr(v.s(), base, units * 4));
        add(asm -> asm.ldr(v.d(), base, units * 8));
      }
      for (int i = 0; i < 4; i++) {
        XReg x = general();
        XReg index = general();
        add(asm -> asm.ldr(x, base, index));
      }
    }
    for (int i = 0; i < 32; i++) {
      XReg base = any();
      Vec v = vector(i);
      add(asm -> asm.ldr(v, base, 16));
      add(asm -> asm.ldr(v.s(), base, 4));
      add(asm -> asm.ldr(v.d(), base, 8));
    }
    for (int i = 0; i < REGISTERS.length - 1; i++) {
      XReg x = REGISTERS[i];
      XReg base = any();
      XReg index = general();
      add(asm -> asm.ldr(x, base, 8));
      add(asm -> asm.ldr(index, base, x));
    }
  }

  /** Loads of a register into itself twice are undefined, and the GNU assembler warns. */
  private void pairs() {
    for (int i = 0; i < 31; i++) {
      for (int units : PAIR_OFFSETS) {
        XReg base = any();
        int first = i;
        int second = (first + 1 + next(30)) % 31;
        vectorPair(first, second, base, units);
        vectorPair(second, first, base, units);
        XReg x = REGISTERS[first % 30];
        XReg y = REGISTERS[(first + 1 + next(29)) % 30];
        if (x != y) {
          add(asm -> asm.ldp(x, y, base, units * 8));
          add(asm -> asm.stp(x, y, base, units * 8));
        }
      }
    }
    for (XReg base : REGISTERS) {
      vectorPair(31, 30, base, 2);
      vectorPair(0, 31, base, 2);
    }
  }

  private void vectorPair(int first, int second, XReg base, int units) {
    Vec a = vector(first);
    Vec b = vector(second);
    add(asm -> asm.ldp(a, b, base, units * 16));
    add(asm -> asm.stp(a, b, base, units * 16));
    add(asm -> asm.ldp(a.d(), b.d(), base, units * 8));
    add(asm -> asm.stp(a.d(), b.d(), base, units * 8));
  }

  private void vectors() {
    for (int i = 0; i < 32; i++) {
      for (int place = 0; place < 3; place++) {
        int[] numbers = {next(32), next(32), next(32)};
        numbers[place] = i;
        vectors(vector(numbers[0]), vector(numbers[1]), vector(numbers[2]), next(4));
      }
      Vec v = vector(i);
      add(asm -> asm.movi(v, 0));
    }
  }

  private void vectors(Vec a, Vec b, Vec c, int lane) {
    add(asm -> asm.fadd(a, b, c));
    add(asm -> asm.smmla(a, b, c));
    for (Lanes lanes : Lanes.values()) {
      add(asm -> asm.zip1(lanes, a, b, c));
      add(asm -> asm.zip2(lanes, a, b, c));
    }
    add(asm -> asm.sdot(a, b, c, lane));
  }

  private void allVectors() {
    for (int a = 0; a < 32; a++) {
      for (int b = 0; b < 32; b++) {
        for (int c = 0; c < 32; c++) {
          Vec x = vector(a);
          Vec y = vector(b);
          Vec z = vector(c);
          int lane = (a + b + c) % 4;
          add(asm -> asm.fmla(x, y, z, lane));
        }
      }
    }
  }

  private void jumps() {
    for (int words : new int[] {0, 1, 5, 300, 30_000}) {
      for (boolean back : new boolean[] {true, false}) {
        jump(words, back, Arm64Assembler::b);
        jump(words, back, Arm64Assembler::beq);
        jump(words, back, Arm64Assembler::bhi);
        jump(words, back, Arm64Assembler::ble);
        XReg x = general();
        jump(words, back, (asm, label) -> asm.cbz(x, label));
        jump(words, back, (asm, label) -> asm.cbnz(x, label));
        jump(words, back, (asm, label) -> asm.adr(x, label));
      }
    }
    for (int i = 0; i < REGISTERS.length - 1; i++) {
      XReg x = REGISTERS[i];
      jump(1, true, (asm, label) -> asm.cbz(x, label));
      jump(1, false, (asm, label) -> asm.cbnz(x, label));
      jump(1, true, (asm, label) -> asm.adr(x, label));
    }
    add(Arm64Assembler::ret);
    add(asm -> {
      asm.ret();
      asm.align(16);
    });
  }

  /** Over so many zeros, to a place behind the instruction or before it. */
  private void jump(int words, boolean back, BiConsumer<Arm64Assembler, Label> instruction) {
    add(asm -> {
      var label = new Label();
      if (back) {
        asm.bind(label);
        asm.data(0, words);
        instruction.accept(asm, label);
      } else {
        instruction.accept(asm, label);
        asm.data(0, words);
        asm.bind(label);
      }
    });
  }
}
