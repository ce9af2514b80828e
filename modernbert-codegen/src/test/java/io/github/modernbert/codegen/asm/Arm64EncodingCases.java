package io.github.modernbert.codegen.asm;

import io.github.modernbert.codegen.asm.Arm64Assembler.Condition;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What {@link EncodingCases} is for x86-64: each instruction with each register in each place,
 * while the others change, and with the least and the greatest constants; all combinations of
 * registers with one instruction.
 */
final class Arm64EncodingCases {
  private static final XReg[] REGISTERS = XReg.values();
  private static final int[] CONSTANTS = {0, 1, 255, 1024, 4095};

  /** What offsets without sign count up to. */
  private static final int[] OFFSETS = {0, 1, 100, 4095};

  /** The same of pairs, which have a sign. */
  private static final int[] PAIR_OFFSETS = {0, 1, -1, 63, -64};

  private final BiConsumer<String, Consumer<Arm64Assembler>> target;
  private int turn;

  private Arm64EncodingCases(BiConsumer<String, Consumer<Arm64Assembler>> target) {
    this.target = target;
  }

  /**
   * @param target takes the text and the code of each case
   */
  static void forEach(BiConsumer<String, Consumer<Arm64Assembler>> target) {
    var cases = new Arm64EncodingCases(target);
    cases.arithmetic();
    cases.memory();
    cases.pairs();
    cases.vectors();
    cases.allVectors();
    cases.jumps();
  }

  /** Writes the texts of all cases. */
  public static void main(String[] args) {
    var text = new StringBuilder(".arch armv8.2-a+dotprod+i8mm\n.text\n");
    forEach((line, code) -> text.append(line).append('\n'));
    System.out.print(text);
  }

  private void add(String text, Consumer<Arm64Assembler> code) {
    target.accept(text, code);
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

  private static String name(XReg register) {
    return register.name().toLowerCase(Locale.ROOT);
  }

  private void arithmetic() {
    for (XReg a : REGISTERS) {
      XReg other = any();
      for (int constant : CONSTANTS) {
        String with = ", #" + constant;
        add("add %s, %s".formatted(name(a), name(other)) + with, s -> s.add(a, other, constant));
        add("add %s, %s".formatted(name(other), name(a)) + with, s -> s.add(other, a, constant));
        add("sub %s, %s".formatted(name(a), name(other)) + with, s -> s.sub(a, other, constant));
        add("sub %s, %s".formatted(name(other), name(a)) + with, s -> s.sub(other, a, constant));
        add("cmp " + name(a) + with, s -> s.cmp(a, constant));
      }
      if (a != XReg.SP) {
        general(a);
      }
    }
  }

  private void general(XReg a) {
    XReg b = general();
    XReg c = general();
    for (XReg[] r : new XReg[][] {{a, b, c}, {b, a, c}, {b, c, a}}) {
      String names = "%s, %s, %s".formatted(name(r[0]), name(r[1]), name(r[2]));
      add("add " + names, s -> s.add(r[0], r[1], r[2]));
      add("sub " + names, s -> s.sub(r[0], r[1], r[2]));
      add("mov %s, %s".formatted(name(r[0]), name(r[1])), s -> s.mov(r[0], r[1]));
      int bits = 1 + next(63);
      String shift = "%s, %s, #%d".formatted(name(r[0]), name(r[1]), bits);
      add("lsl " + shift, s -> s.lsl(r[0], r[1], bits));
      add("lsr " + shift, s -> s.lsr(r[0], r[1], bits));
      add(
          "ubfx %s, %s, #0, #%d".formatted(name(r[0]), name(r[1]), bits),
          s -> s.low(r[0], r[1], bits));
    }
    for (int constant : new int[] {0, 1, 0x1234, 0xFFFF}) {
      add("movz %s, #%d".formatted(name(a), constant), s -> s.mov(a, constant));
    }
    add("blr " + name(a), s -> s.call(a));
  }

  private void memory() {
    for (XReg base : REGISTERS) {
      for (int units : OFFSETS) {
        XReg x = general();
        Vec v = vector(next(32));
        add(load("x", x.number(), base, units * 8), s -> s.ldr(x, base, units * 8));
        add(load("q", v.number(), base, units * 16), s -> s.ldr(v, base, units * 16));
        add(load("s", v.number(), base, units * 4), s -> s.ldrFloat(v, base, units * 4));
        add(load("d", v.number(), base, units * 8), s -> s.ldrLow(v, base, units * 8));
      }
      for (int i = 0; i < 4; i++) {
        XReg x = general();
        XReg index = general();
        add(
            "ldr %s, [%s, %s, lsl #3]".formatted(name(x), name(base), name(index)),
            s -> s.ldr(x, base, index));
      }
    }
    for (int i = 0; i < 32; i++) {
      XReg base = any();
      Vec v = vector(i);
      add(load("q", i, base, 16), s -> s.ldr(v, base, 16));
      add(load("s", i, base, 4), s -> s.ldrFloat(v, base, 4));
      add(load("d", i, base, 8), s -> s.ldrLow(v, base, 8));
    }
    for (int i = 0; i < REGISTERS.length - 1; i++) {
      XReg x = REGISTERS[i];
      XReg base = any();
      XReg index = general();
      add(load("x", x.number(), base, 8), s -> s.ldr(x, base, 8));
      add(
          "ldr %s, [%s, %s, lsl #3]".formatted(name(index), name(base), name(x)),
          s -> s.ldr(index, base, x));
    }
  }

  private static String load(String kind, int number, XReg base, int offset) {
    return "ldr %s%d, [%s, #%d]".formatted(kind, number, name(base), offset);
  }

  /** Loads of a register into itself twice are undefined, and the assembler warns. */
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
          String pair = pair("x", x.number(), y.number(), base, units * 8);
          add("ldp " + pair, s -> s.ldp(x, y, base, units * 8));
          add("stp " + pair, s -> s.stp(x, y, base, units * 8));
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
    String whole = pair("q", first, second, base, units * 16);
    add("ldp " + whole, s -> s.ldp(a, b, base, units * 16));
    add("stp " + whole, s -> s.stp(a, b, base, units * 16));
    String low = pair("d", first, second, base, units * 8);
    add("ldp " + low, s -> s.ldpLow(a, b, base, units * 8));
    add("stp " + low, s -> s.stpLow(a, b, base, units * 8));
  }

  private static String pair(String kind, int first, int second, XReg base, int offset) {
    return "%1$s%2$d, %1$s%3$d, [%4$s, #%5$d]".formatted(kind, first, second, name(base), offset);
  }

  private void vectors() {
    for (int i = 0; i < 32; i++) {
      for (int place = 0; place < 3; place++) {
        int[] numbers = {next(32), next(32), next(32)};
        numbers[place] = i;
        vectors(vector(numbers[0]), vector(numbers[1]), vector(numbers[2]), next(4));
      }
      Vec v = vector(i);
      add("movi v%d.2d, #0".formatted(i), s -> s.clear(v));
    }
  }

  private void vectors(Vec a, Vec b, Vec c, int lane) {
    add(vectorText("fadd v%d.4s, v%d.4s, v%d.4s", a, b, c), s -> s.fadd(a, b, c));
    add(vectorText("smmla v%d.4s, v%d.16b, v%d.16b", a, b, c), s -> s.smmla(a, b, c));
    add(vectorText("zip1 v%d.4s, v%d.4s, v%d.4s", a, b, c), s -> s.zipLow(a, b, c));
    add(vectorText("zip2 v%d.4s, v%d.4s, v%d.4s", a, b, c), s -> s.zipHigh(a, b, c));
    add(vectorText("zip1 v%d.2d, v%d.2d, v%d.2d", a, b, c), s -> s.joinLow(a, b, c));
    add(vectorText("zip2 v%d.2d, v%d.2d, v%d.2d", a, b, c), s -> s.joinHigh(a, b, c));
    add(
        vectorText("sdot v%d.4s, v%d.16b, v%d.4b[", a, b, c) + lane + "]",
        s -> s.sdot(a, b, c, lane));
  }

  private static String vectorText(String text, Vec a, Vec b, Vec c) {
    return text.formatted(a.number(), b.number(), c.number());
  }

  private void allVectors() {
    for (int a = 0; a < 32; a++) {
      for (int b = 0; b < 32; b++) {
        for (int c = 0; c < 32; c++) {
          Vec x = vector(a);
          Vec y = vector(b);
          Vec z = vector(c);
          int lane = (a + b + c) % 4;
          add(
              vectorText("fmla v%d.4s, v%d.4s, v%d.s[", x, y, z) + lane + "]",
              s -> s.fmla(x, y, z, lane));
        }
      }
    }
  }

  private void jumps() {
    String[] conditions = {"eq", "ne", "hi", "gt", "le"};
    for (int words : new int[] {0, 1, 5, 300, 30_000}) {
      for (boolean back : new boolean[] {true, false}) {
        jump("b ", words, back, Arm64Assembler::jump);
        for (Condition condition : Condition.values()) {
          String text = "b.%s ".formatted(conditions[condition.ordinal()]);
          jump(text, words, back, (s, label) -> s.jump(condition, label));
        }
        XReg x = general();
        jump("cbz %s, ".formatted(name(x)), words, back, (s, label) -> s.jumpIfZero(x, label));
        jump("cbnz %s, ".formatted(name(x)), words, back, (s, label) -> s.jumpIfNotZero(x, label));
        jump("adr %s, ".formatted(name(x)), words, back, (s, label) -> s.adr(x, label));
      }
    }
    for (int i = 0; i < REGISTERS.length - 1; i++) {
      XReg x = REGISTERS[i];
      jump("cbz %s, ".formatted(name(x)), 1, true, (s, label) -> s.jumpIfZero(x, label));
      jump("cbnz %s, ".formatted(name(x)), 1, false, (s, label) -> s.jumpIfNotZero(x, label));
      jump("adr %s, ".formatted(name(x)), 1, true, (s, label) -> s.adr(x, label));
    }
    add("ret", Arm64Assembler::ret);
    add(
        "ret\nnop\nnop\nnop",
        s -> {
          s.ret();
          s.align(16);
        });
  }

  /** Over so many zeros, to a place behind the instruction or before it. */
  private void jump(
      String text, int words, boolean back, BiConsumer<Arm64Assembler, Label> instruction) {
    String zeros = ".fill %d, 4, 0\n".formatted(words);
    add(
        back ? "1:\n" + zeros + text + "1b" : text + "1f\n" + zeros + "1:",
        s -> {
          var label = new Label();
          if (back) {
            s.bind(label);
            zeros(s, words);
            instruction.accept(s, label);
          } else {
            instruction.accept(s, label);
            zeros(s, words);
            s.bind(label);
          }
        });
  }

  private static void zeros(Arm64Assembler asm, int words) {
    for (int i = 0; i < words; i++) {
      asm.data(0);
    }
  }
}
