package io.github.modernbert.codegen.asm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Bytes of code, some of which wait for the distance to a label. */
final class CodeBuffer {
  /**
   * Four bytes whose value depends on the distance from them to a label.
   *
   * @param encode makes the number that is added to the four bytes of the distance
   */
  private record Fixup(int at, Label target, IntUnaryOperator encode) {}

  private byte[] bytes = new byte[1024];
  private int size;
  private final List<Fixup> fixups = new ArrayList<>();

  int size() {
    return size;
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

  /**
   * Puts four bytes to which the encoded distance to a label is added once all labels are bound.
   *
   * @param encode gets the distance from the first of the four bytes
   */
  void put32(int value, Label target, IntUnaryOperator encode) {
    fixups.add(new Fixup(size, target, encode));
    put32(value);
  }

  /** Fills in all distances and returns the code. */
  byte[] finish() {
    byte[] code = Arrays.copyOf(bytes, size);
    var words = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    for (Fixup fixup : fixups) {
      int encoded = fixup.encode.applyAsInt(fixup.target.position() - fixup.at);
      words.putInt(fixup.at, words.getInt(fixup.at) + encoded);
    }
    return code;
  }
}
