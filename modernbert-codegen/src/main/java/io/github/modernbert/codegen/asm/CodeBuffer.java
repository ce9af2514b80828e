package io.github.modernbert.codegen.asm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes of code, and the parts of instructions that all encodings share. */
final class CodeBuffer {
  private static final int NO_INDEX = 4;
  private static final int NO_BASE = 5;

  private byte[] bytes = new byte[1024];
  private int size;

  int size() {
    return size;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }

  void put8(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }

  void put32(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      put8(value >> shift);
    }
  }

  /** Adds to a number that was put before. */
  void add32(int at, int value) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at, buffer.getInt(at) + value);
  }

  /** The ModRM byte of two registers. */
  void registers(int reg, int rm) {
    put8(0xC0 | (reg & 7) << 3 | rm & 7);
  }

  /**
   * ModRM, SIB and displacement of a place in memory.
   *
   * @param unit what an eight-bit displacement counts, in bytes
   * @param after bytes of the instruction that follow
   */
  void memory(int reg, Mem mem, int unit, int after) {
    int field = (reg & 7) << 3;
    Label label = mem.label();
    if (label != null) {
      put8(field | NO_BASE);
      label.use(size);
      // What is counted from the end of the instruction; the label adds the rest.
      put32(mem.displacement() - after);
      return;
    }
    Gpr base = mem.base();
    if (base == null) {
      put8(field | NO_INDEX);
      sib(mem, NO_BASE);
      put32(mem.displacement());
      return;
    }
    int size = displacementBytes(base, mem.displacement(), unit);
    int mode = size == 0 ? 0 : size == 1 ? 0x40 : 0x80;
    if (mem.index() == null && (base.number() & 7) != NO_INDEX) {
      put8(mode | field | base.number() & 7);
    } else {
      put8(mode | field | NO_INDEX);
      sib(mem, base.number() & 7);
    }
    if (size == 1) {
      put8(mem.displacement() / unit);
    } else if (size == Integer.BYTES) {
      put32(mem.displacement());
    }
  }

  private static int displacementBytes(Gpr base, int displacement, int unit) {
    if (displacement == 0 && (base.number() & 7) != NO_BASE) {
      return 0;
    }
    int units = displacement / unit;
    return units * unit == displacement && units == (byte) units ? 1 : Integer.BYTES;
  }

  private void sib(Mem mem, int base) {
    Gpr index = mem.index();
    int scale = index == null ? 0 : Integer.numberOfTrailingZeros(mem.scale());
    put8(scale << 6 | (index == null ? NO_INDEX : index.number() & 7) << 3 | base);
  }

  /** Bit {@code bit} of a register's number; 0 without register. */
  static int bit(@Nullable Gpr register, int bit) {
    return register == null ? 0 : register.number() >> bit & 1;
  }
}
