package io.github.modernbert.codegen.asm;

import io.github.modernbert.codegen.asm.VectorOp.Encodings;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Instructions in all their forms: as text for the GNU assembler and as calls of ours, in one
 * order. {@code src/test/tools/encodings.sh} makes the expected bytes of the texts.
 *
 * <p>Each instruction is tried with each register in each place and with each base, index and
 * scale; all combinations of these are tried with one instruction.
 */
final class EncodingCases {
  private static final int[] SCALES = {1, 2, 4, 8};
  private static final int[] CONSTANTS = {0, 1, -1, 127, -128, 128, -129, 0x1234567, -0x1234567};

  /** Displacements in units of what one byte counts, and some that are no multiples. */
  private static final int[] UNITS = {0, 1, -1, 127, -128, 128, -129, 100_000};

  private final BiConsumer<String, Consumer<Assembler>> target;
  private int turn;

  /**
   * @param target takes the text and the code of each case
   */
  private EncodingCases(BiConsumer<String, Consumer<Assembler>> target) {
    this.target = target;
  }

  static void forEach(BiConsumer<String, Consumer<Assembler>> target) {
    var cases = new EncodingCases(target);
    for (VectorOp op : VectorOp.values()) {
      for (Width width : Width.values()) {
        cases.registers(op, width);
        cases.memory(op, width);
      }
    }
    cases.allRegisters(Width.ZMM, 32);
    cases.allRegisters(Width.YMM, 16);
    cases.allAddresses(Width.ZMM);
    cases.allAddresses(Width.YMM);
    new ScalarCases(target).all();
  }

  /** Writes the texts of all cases. */
  public static void main(String[] args) {
    var text = new StringBuilder(".intel_syntax noprefix\n.text\n");
    forEach((line, code) -> text.append(line).append('\n'));
    System.out.print(text);
  }

  /** A number that runs through 0 … limit − 1 in turn with others. */
  private int next(int limit) {
    turn = turn * 5 + 12345 & 0x7FFFFFF;
    return (turn >> 7) % limit;
  }

  private void registers(VectorOp op, Width width) {
    for (int number = 0; number < 32; number++) {
      for (int place = 0; place < 3; place++) {
        int[] numbers = {next(32), next(32), next(32)};
        numbers[place] = number;
        add(op, width, numbers, null, Mask.K0, false);
        // Low registers alone, so that the shorter encoding is tried as often.
        add(
            op,
            width,
            new int[] {numbers[0] & 15, numbers[1] & 15, number & 15},
            null,
            Mask.K0,
            false);
      }
      if (!op.constant) {
        Mask mask = Mask.values()[1 + number % 7];
        boolean zeroing = number % 2 == 0;
        add(op, width, new int[] {number, next(32), next(32)}, null, mask, zeroing);
      }
    }
  }

  private void memory(VectorOp op, Width width) {
    for (Gpr base : Gpr.values()) {
      for (int i = next(4); i < 16; i += 4) {
        Gpr index = Gpr.values()[i];
        address(op, width, base, index, SCALES[next(4)], false, Mask.K0);
        if (op.tuple == Tuple.FULL) {
          address(op, width, base, index, SCALES[next(4)], true, Mask.K0);
        }
        if (!op.constant) {
          address(op, width, base, index, SCALES[next(4)], false, Mask.values()[1 + next(7)]);
        }
      }
    }
    for (Gpr index : Gpr.values()) {
      if (index != Gpr.RSP) {
        Mem mem = Mem.at(null, index, SCALES[1 + next(3)], displacement(1));
        add(op, width, new int[] {next(32), next(32)}, mem, Mask.K0, false);
      }
    }
  }

  /** The stack pointer stands for no index. */
  private void address(
      VectorOp op, Width width, Gpr base, Gpr index, int scale, boolean broadcast, Mask mask) {
    int displacement = displacement(op.tuple.bytes(width, broadcast));
    Mem mem =
        index == Gpr.RSP ? Mem.at(base, displacement) : Mem.at(base, index, scale, displacement);
    boolean zeroing = mask != Mask.K0 && op.form != Form.RM_REG && next(2) == 0;
    int limit = next(2) == 0 ? 16 : 32;
    int[] numbers = {next(limit), next(limit)};
    add(op, width, numbers, broadcast ? mem.broadcasted() : mem, mask, zeroing);
  }

  private int displacement(int unit) {
    int extra = next(4) == 0 ? 1 : 0;
    return UNITS[next(UNITS.length)] * unit + extra;
  }

  private void allRegisters(Width width, int count) {
    for (int a = 0; a < count; a++) {
      for (int b = 0; b < count; b++) {
        for (int c = 0; c < count; c++) {
          int[] numbers = {a, b, c};
          add(VectorOp.VFMADD231PS, width, numbers, null, Mask.K0, false);
        }
      }
    }
  }

  private void allAddresses(Width width) {
    VectorOp op = VectorOp.VFMADD231PS;
    for (Gpr base : Gpr.values()) {
      for (Gpr index : Gpr.values()) {
        for (int scale : SCALES) {
          for (int units : UNITS) {
            int whole = units * width.bytes();
            int single = units * Float.BYTES;
            boolean alone = index == Gpr.RSP;
            Mem mem = alone ? Mem.at(base, whole) : Mem.at(base, index, scale, whole);
            Mem one = alone ? Mem.at(base, single) : Mem.at(base, index, scale, single);
            add(op, width, new int[] {3, 5}, mem, Mask.K0, false);
            add(op, width, new int[] {30, 9}, one.broadcasted(), Mask.K0, false);
          }
        }
      }
    }
  }

  /**
   * @param numbers of the registers, in the order of operands
   * @param mem takes the place of the operand that may be in memory
   */
  private void add(
      VectorOp op, Width width, int[] numbers, @Nullable Mem mem, Mask mask, boolean zeroing) {
    int count = op.form == Form.REG_VVVV_RM ? 3 : 2;
    int memoryPlace = op.form == Form.RM_REG ? 0 : count - 1;
    var operands = new Operand[count];
    for (int place = 0, used = 0; place < count; place++) {
      boolean inMemory = place == memoryPlace;
      boolean narrow = inMemory && (op.tuple == Tuple.QUARTER || op.tuple == Tuple.SCALAR);
      if (inMemory && mem != null) {
        operands[place] = mem;
      } else if (op == VectorOp.VCMPPS && place == 0) {
        operands[place] = Mask.values()[numbers[used++] % 8];
      } else {
        operands[place] = (narrow ? Width.XMM : width).register(numbers[used++]);
      }
    }
    boolean noZeroing = op.form == Form.RM_REG && mem != null;
    boolean z = zeroing && !noZeroing;
    int constant = op.constant ? next(op == VectorOp.VCMPPS ? 32 : 256) : 0;
    var text = new StringBuilder(mnemonic(op));
    for (int place = 0; place < count; place++) {
      text.append(place == 0 ? " " : ", ").append(text(operands[place], width));
      if (place == 0 && mask != Mask.K0) {
        text.append("{").append(text(mask, width)).append(z ? "}{z}" : "}");
      }
    }
    if (op.constant) {
      text.append(", ").append(constant);
      target.accept(text.toString(), asm -> asm.emit(op, constant, operands));
    } else {
      target.accept(text.toString(), asm -> asm.emit(op, mask, z, operands));
    }
  }

  private static String mnemonic(VectorOp op) {
    String name = op.name().toLowerCase(Locale.ROOT);
    if (name.endsWith("_load")) {
      return "{load} " + name.substring(0, name.length() - 5);
    }
    if (name.endsWith("_store")) {
      return "{store} " + name.substring(0, name.length() - 6);
    }
    return op.encodings == Encodings.EVEX && op.form != Form.RM_REG ? "{evex} " + name : name;
  }

  static String text(Operand operand, Width width) {
    return switch (operand) {
      case Gpr r -> r.name().toLowerCase(Locale.ROOT);
      case Tile t -> t.name().toLowerCase(Locale.ROOT);
      case Mask k -> k.name().toLowerCase(Locale.ROOT);
      case Vec v -> v.width().name().toLowerCase(Locale.ROOT) + v.number();
      case Mem m -> text(m) + (m.broadcast() ? "{1to%d}".formatted(width.floats()) : "");
    };
  }

  private static String text(Mem mem) {
    var text = new StringBuilder("[");
    Gpr base = mem.base();
    Gpr index = mem.index();
    if (base != null) {
      text.append(text(base, Width.XMM));
    }
    if (index != null) {
      text.append(base == null ? "" : "+").append(text(index, Width.XMM));
      text.append("*").append(mem.scale());
    }
    if (mem.displacement() != 0) {
      text.append(mem.displacement() < 0 ? "" : "+").append(mem.displacement());
    }
    return text.append("]").toString();
  }

  /** Instructions on general registers, and those on masks. */
  private record ScalarCases(BiConsumer<String, Consumer<Assembler>> target) {
    private static String text(Operand operand) {
      return EncodingCases.text(operand, Width.XMM);
    }

    private void add(String text, Consumer<Assembler> code) {
      target.accept(text, code);
    }

    void all() {
      for (Gpr a : Gpr.values()) {
        one(a);
        for (Gpr b : Gpr.values()) {
          two(a, b);
        }
        for (Mask k : Mask.values()) {
          add("kmovw %s, %s".formatted(text(k), low(a)), asm -> asm.kmovw(k, a));
          add("kmovw %s, %s".formatted(low(a), text(k)), asm -> asm.kmovw(a, k));
        }
      }
      for (Tile t : Tile.values()) {
        add("tilezero " + text(t), asm -> asm.tilezero(t));
        for (Tile a : Tile.values()) {
          for (Tile b : Tile.values()) {
            if (t != a && t != b && a != b) {
              add(
                  "tdpbusd %s, %s, %s".formatted(text(t), text(a), text(b)),
                  asm -> asm.tdpbusd(t, a, b));
            }
          }
        }
      }
      add("tilerelease", Assembler::tilerelease);
      add("vzeroupper", Assembler::vzeroupper);
      add("ret", Assembler::ret);
      add("cpuid", Assembler::cpuid);
      add("xgetbv", Assembler::xgetbv);
      for (ScalarOp.Condition condition : ScalarOp.Condition.values()) {
        jumps(condition);
      }
      labels();
    }

    /** The low half of a register, by which {@code kmovw} names it too. */
    private static String low(Gpr register) {
      return register.number() < 8 ? "e" + text(register).substring(1) : text(register) + "d";
    }

    private void one(Gpr a) {
      add("push " + text(a), asm -> asm.push(a));
      add("pop " + text(a), asm -> asm.pop(a));
      add("dec " + text(a), asm -> asm.dec(a));
      add("call " + text(a), asm -> asm.call(a));
      for (int bits : new int[] {2, 3, 31, 32, 63}) {
        add("shl %s, %d".formatted(text(a), bits), asm -> asm.shl(a, bits));
        add("shr %s, %d".formatted(text(a), bits), asm -> asm.shr(a, bits));
      }
      for (int constant : CONSTANTS) {
        add("mov %s, %d".formatted(text(a), constant), asm -> asm.mov(a, constant));
        for (ScalarOp.Arithmetic op : ScalarOp.Arithmetic.values()) {
          add(
              "%s %s, %d".formatted(name(op), text(a), constant),
              asm -> asm.arithmetic(op, a, constant));
        }
      }
    }

    private static String name(Enum<?> value) {
      return value.name().toLowerCase(Locale.ROOT);
    }

    private void two(Gpr a, Gpr b) {
      add("mov %s, %s".formatted(text(a), text(b)), asm -> asm.mov(a, b));
      add("test %s, %s".formatted(text(a), text(b)), asm -> asm.test(a, b));
      add("imul %s, %s".formatted(text(a), text(b)), asm -> asm.imul(a, b));
      for (ScalarOp.Arithmetic op : ScalarOp.Arithmetic.values()) {
        add("%s %s, %s".formatted(name(op), text(a), text(b)), asm -> asm.arithmetic(op, a, b));
      }
      for (int i = (a.number() + b.number()) % 3; i < CONSTANTS.length; i += 3) {
        int displacement = CONSTANTS[i];
        memory(a, Mem.at(b, displacement));
        for (Gpr index : new Gpr[] {Gpr.RAX, Gpr.RBP, Gpr.R9, Gpr.R12}) {
          memory(a, Mem.at(b, index, SCALES[(a.number() + displacement) & 3], displacement));
        }
      }
    }

    private void memory(Gpr a, Mem mem) {
      add("mov %s, %s".formatted(text(a), text(mem)), asm -> asm.mov(a, mem));
      add("mov %s, %s".formatted(text(mem), text(a)), asm -> asm.mov(mem, a));
      add("mov %s, %s".formatted(low(a), text(mem)), asm -> asm.mov32(a, mem));
      add("mov %s, %s".formatted(text(mem), low(a)), asm -> asm.mov32(mem, a));
      add("lea %s, %s".formatted(text(a), text(mem)), asm -> asm.lea(a, mem));
      add(
          "cmp %s, %s".formatted(text(a), text(mem)),
          asm -> asm.arithmetic(ScalarOp.Arithmetic.CMP, a, mem));
      if (mem.index() != null) {
        Tile t = Tile.values()[a.number() % 8];
        add("tileloadd %s, %s".formatted(text(t), text(mem)), asm -> asm.tileloadd(t, mem));
        add("tilestored %s, %s".formatted(text(mem), text(t)), asm -> asm.tilestored(mem, t));
      }
      if (a == Gpr.RAX) {
        add("ldtilecfg " + text(mem), asm -> asm.ldtilecfg(mem));
        for (ScalarOp.Cache cache : ScalarOp.Cache.values()) {
          add("prefetch%s %s".formatted(name(cache), text(mem)), asm -> asm.prefetch(cache, mem));
        }
      }
    }

    private void jumps(ScalarOp.Condition condition) {
      String[] names = {"b", "ae", "e", "ne", "be", "a", "l", "ge", "le", "g"};
      String name = names[condition.ordinal()];
      add(
          "1: {disp32} j%s 1b\n{disp32} j%s 2f\n{disp32} jmp 1b\n{disp32} jmp 2f\nret\n2:"
              .formatted(name, name),
          asm -> {
            var back = new Label();
            var forth = new Label();
            asm.bind(back);
            asm.jump(condition, back);
            asm.jump(condition, forth);
            asm.jump(back);
            asm.jump(forth);
            asm.ret();
            asm.bind(forth);
          });
    }

    /** Places in the code, before and after their use, and before a constant. */
    private void labels() {
      add(
          """
          1: .long 7
          lea rax, [rip+1b]
          vmovups zmm17, [rip+2f]
          vmovups ymm7, [rip+1b]
          {evex} vcmpps k1, zmm2, [rip+2f], 3
          cmp r9, [rip+1b]
          2: ret\
          """,
          asm -> {
            var back = new Label();
            var forth = new Label();
            asm.bind(back);
            asm.data(7);
            asm.lea(Gpr.RAX, Mem.at(back));
            asm.emit(VectorOp.VMOVUPS_LOAD, Width.ZMM.register(17), Mem.at(forth));
            asm.emit(VectorOp.VMOVUPS_LOAD, Width.YMM.register(7), Mem.at(back));
            asm.emit(VectorOp.VCMPPS, 3, Mask.K1, Width.ZMM.register(2), Mem.at(forth));
            asm.arithmetic(ScalarOp.Arithmetic.CMP, Gpr.R9, Mem.at(back));
            asm.bind(forth);
            asm.ret();
          });
    }
  }
}
