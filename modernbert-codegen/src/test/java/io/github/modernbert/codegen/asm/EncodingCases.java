package io.github.modernbert.codegen.asm;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Instructions of x86-64 in all their forms. {@code src/test/tools/encodings.sh} gives their
 * listings to the GNU assembler and writes down its bytes.
 *
 * <p>Each instruction is tried with each register in each place and with each base, index and
 * scale; all combinations of these are tried with one instruction.
 */
final class EncodingCases {
  private static final int[] SCALES = {1, 2, 4, 8};
  private static final int[] CONSTANTS = {0, 1, -1, 127, -128, 128, -129, 0x1234567, -0x1234567};

  /** Displacements in units of what one byte counts, and some that are no multiples. */
  private static final int[] UNITS = {0, 1, -1, 127, -128, 128, -129, 100_000};

  private final BiConsumer<String, Consumer<X86Assembler>> target;
  private int turn;

  private EncodingCases(BiConsumer<String, Consumer<X86Assembler>> target) {
    this.target = target;
  }

  /**
   * Calls the target with each case.
   *
   * @param target takes the code of a case, and the directive by which the GNU assembler chooses
   *     the same encoding
   */
  static void forEach(BiConsumer<String, Consumer<X86Assembler>> target) {
    var cases = new EncodingCases(target);
    for (VectorOp op : VectorOp.values()) {
      for (Width width : Width.values()) {
        if (op != VectorOp.VPERMD || width != Width.XMM) {
          cases.registers(op, width);
          cases.memory(op, width);
        }
      }
    }
    cases.allRegisters(Width.ZMM, 32);
    cases.allRegisters(Width.YMM, 16);
    cases.allAddresses(Width.ZMM);
    cases.allAddresses(Width.YMM);
    new ScalarCases(target).all();
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
        add(op, width, numbers, null, Mask.K0);
        // Low registers alone, so that the shorter encoding is tried as often.
        add(op, width, new int[] {numbers[0] & 15, numbers[1] & 15, number & 15}, null, Mask.K0);
      }
      if (!op.form.constant) {
        Mask mask = Mask.values()[1 + number % 7];
        add(op, width, new int[] {number, next(32), next(32)}, null, mask);
      }
    }
  }

  private void memory(VectorOp op, Width width) {
    for (Gpr base : Gpr.values()) {
      for (int i = next(4); i < 16; i += 4) {
        Gpr index = Gpr.values()[i];
        address(op, width, base, index, SCALES[next(4)], Mask.K0);
        if (!op.form.constant && op.form != Form.RM_REG) {
          address(op, width, base, index, SCALES[next(4)], Mask.values()[1 + next(7)]);
        }
      }
    }
    for (Gpr index : Gpr.values()) {
      if (index != Gpr.RSP) {
        Mem mem = Mem.at(null, index, SCALES[1 + next(3)], displacement(1));
        add(op, width, new int[] {next(32), next(32)}, mem, Mask.K0);
      }
    }
  }

  /** The stack pointer stands for no index. */
  private void address(VectorOp op, Width width, Gpr base, Gpr index, int scale, Mask mask) {
    int displacement = displacement(op.tuple.bytes(width));
    Mem mem =
        index == Gpr.RSP ? Mem.at(base, displacement) : Mem.at(base, index, scale, displacement);
    int limit = next(2) == 0 ? 16 : 32;
    int[] numbers = {next(limit), next(limit)};
    add(op, width, numbers, mem, mask);
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
          add(VectorOp.VFMADD231PS, width, numbers, null, Mask.K0);
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
            boolean alone = index == Gpr.RSP;
            Mem mem = alone ? Mem.at(base, whole) : Mem.at(base, index, scale, whole);
            add(op, width, new int[] {3, 5}, mem, Mask.K0);
            add(op, width, new int[] {30, 9}, mem, Mask.K0);
          }
        }
      }
    }
  }

  /**
   * Adds a case.
   *
   * @param numbers of the registers, in the order of operands
   * @param mem takes the place of the operand that may be in memory
   */
  private void add(VectorOp op, Width width, int[] numbers, @Nullable Mem mem, Mask mask) {
    int count = op.form.operands;
    int memoryPlace = op.form == Form.RM_REG ? 0 : count - 1;
    var operands = new Operand[count];
    for (int place = 0, used = 0; place < count; place++) {
      boolean inMemory = place == memoryPlace;
      if (inMemory && mem != null) {
        operands[place] = mem;
      } else if (op == VectorOp.VCMPPS && place == 0) {
        operands[place] = Mask.values()[numbers[used++] % 8];
      } else {
        Width own = inMemory ? source(op, width) : width;
        operands[place] = own.register(numbers[used++]);
      }
    }
    if (mask != Mask.K0) {
      operands[0] = new Masked((Vec) operands[0], mask);
    }
    if (op.form.constant) {
      int constant = next(op == VectorOp.VCMPPS ? 32 : 256);
      target.accept(prefix(op, operands), asm -> asm.emit(op, constant, operands));
    } else {
      target.accept(prefix(op, operands), asm -> asm.emit(op, operands));
    }
  }

  /** The width of the register in the place of the operand that may be in memory. */
  private static Width source(VectorOp op, Width width) {
    return switch (op.tuple) {
      case FULL_MEM -> width;
      case HALF_MEM -> width == Width.ZMM ? Width.YMM : Width.XMM;
      case SCALAR -> Width.XMM;
    };
  }

  /** Chooses among encodings that the GNU assembler has and this one has not. */
  private static String prefix(VectorOp op, Operand... operands) {
    if (op == VectorOp.VPDPBUSD) {
      return new VectorEncoder(op, operands).fitsVex() ? "{vex} " : "{evex} ";
    }
    if (op == VectorOp.VMOVUPS) {
      return "{load} ";
    }
    if (op == VectorOp.VMOVUPS_STORE) {
      return "{store} ";
    }
    return op.encodings.hasVex() ? "" : "{evex} ";
  }

  /** Instructions on general registers, and those on tiles. */
  private record ScalarCases(BiConsumer<String, Consumer<X86Assembler>> target) {
    private void add(Consumer<X86Assembler> code) {
      target.accept("", code);
    }

    void all() {
      for (Gpr a : Gpr.values()) {
        one(a);
        for (Gpr b : Gpr.values()) {
          two(a, b);
        }
      }
      for (Tile t : Tile.values()) {
        for (Tile a : Tile.values()) {
          for (Tile b : Tile.values()) {
            if (t != a && t != b && a != b) {
              add(asm -> asm.tdpbusd(t, a, b));
            }
          }
        }
      }
      add(X86Assembler::tilerelease);
      add(X86Assembler::vzeroupper);
      add(X86Assembler::ret);
      add(X86Assembler::cpuid);
      add(X86Assembler::xgetbv);
      jumps(X86Assembler::jmp);
      jumps(X86Assembler::jb);
      jumps(X86Assembler::je);
      jumps(X86Assembler::jne);
      jumps(X86Assembler::ja);
      jumps(X86Assembler::jl);
      jumps(X86Assembler::jge);
      jumps(X86Assembler::jle);
      jumps(X86Assembler::jg);
      labels();
      add(asm -> {
        asm.ret();
        asm.align(16);
      });
    }

    private void one(Gpr a) {
      add(asm -> asm.push(a));
      add(asm -> asm.pop(a));
      add(asm -> asm.dec(a));
      add(asm -> asm.call(a));
      for (int bits : new int[] {2, 3, 31, 32, 63}) {
        add(asm -> asm.shl(a, bits));
        add(asm -> asm.shr(a, bits));
      }
      for (int constant : CONSTANTS) {
        add(asm -> asm.mov(a, constant));
        add(asm -> asm.add(a, constant));
        add(asm -> asm.and(a, constant));
        add(asm -> asm.sub(a, constant));
        add(asm -> asm.cmp(a, constant));
      }
    }

    private void two(Gpr a, Gpr b) {
      registerOrMemory(a, b);
      add(asm -> asm.test(a, b));
      add(asm -> asm.imul(a, b));
      for (int i = (a.number() + b.number()) % 3; i < CONSTANTS.length; i += 3) {
        int displacement = CONSTANTS[i];
        memory(a, Mem.at(b, displacement));
        for (Gpr index : new Gpr[] {Gpr.RAX, Gpr.RBP, Gpr.R9, Gpr.R12}) {
          memory(a, Mem.at(b, index, SCALES[(a.number() + displacement) & 3], displacement));
        }
      }
    }

    private void registerOrMemory(Gpr a, GprOrMem b) {
      add(asm -> asm.mov(a, b));
      add(asm -> asm.add(a, b));
      add(asm -> asm.and(a, b));
      add(asm -> asm.sub(a, b));
      add(asm -> asm.cmp(a, b));
    }

    private void memory(Gpr a, Mem mem) {
      registerOrMemory(a, mem);
      add(asm -> asm.mov(mem, a));
      add(asm -> asm.mov(a.dword(), mem));
      add(asm -> asm.mov(mem, a.dword()));
      add(asm -> asm.lea(a, mem));
      if (mem.index() != null) {
        Tile t = Tile.values()[a.number() % 8];
        add(asm -> asm.tileloadd(t, mem));
        add(asm -> asm.tilestored(mem, t));
      }
      if (a == Gpr.RAX) {
        add(asm -> asm.ldtilecfg(mem));
        add(asm -> asm.prefetcht0(mem));
        add(asm -> asm.prefetcht1(mem));
        add(asm -> asm.prefetcht2(mem));
      }
    }

    /** Jumps to places before and after the instruction. */
    private void jumps(BiConsumer<X86Assembler, Label> jump) {
      add(asm -> {
        var back = new Label();
        var forth = new Label();
        asm.bind(back);
        jump.accept(asm, back);
        jump.accept(asm, forth);
        asm.ret();
        asm.bind(forth);
      });
    }

    /** Places in the code, before and after their use, and before a constant. */
    private void labels() {
      add(asm -> {
        var back = new Label();
        var forth = new Label();
        asm.bind(back);
        asm.data(7);
        asm.lea(Gpr.RAX, Mem.at(back));
        asm.vmovups(Width.ZMM.register(17), Mem.at(forth));
        asm.vmovups(Width.YMM.register(7), Mem.at(back));
        asm.vcmpps(Mask.K1, Width.ZMM.register(2), Mem.at(forth), 3);
        asm.cmp(Gpr.R9, Mem.at(back));
        asm.bind(forth);
        asm.ret();
      });
    }
  }
}
