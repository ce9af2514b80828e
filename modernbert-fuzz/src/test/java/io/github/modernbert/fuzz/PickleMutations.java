package io.github.modernbert.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Changes what the instructions of a pickle are given, such as sizes, strides, names, types and
 * references, without changing any length: the pickle stays in its place in the archive.
 */
final class PickleMutations {
  private static final byte[] PICKLE = "data.pkl".getBytes(StandardCharsets.US_ASCII);
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int NAME_LENGTH = 26;
  private static final int EXTRA_LENGTH = 28;

  private PickleMutations() {}

  /**
   * Half of the time a changed copy of a file, else a file of its own, which is changed now and
   * then.
   */
  static byte[] of(byte[] file, RandomGenerator random) {
    if (random.nextBoolean()) {
      return changed(file, random);
    }
    byte[] generated = GeneratedPickles.of(random);
    return random.nextInt(4) == 0 ? changed(generated, random) : generated;
  }

  /** A copy with some changes; in one of six cases any bytes are changed. */
  private static byte[] changed(byte[] file, RandomGenerator random) {
    List<Operand> operands = operands(file);
    if (operands.isEmpty() || random.nextInt(6) == 0) {
      return ByteMutations.mostlyAtTheBeginning(file, random);
    }
    byte[] changed = file.clone();
    for (int times = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(3); times > 0; times--) {
      Operand operand = operand(operands, random);
      switch (operand.kind) {
        case NUMBER -> changed[operand.at] = number(changed[operand.at], random);
        case TEXT ->
            changed[operand.at + random.nextInt(operand.length)] =
                (byte) ('0' + random.nextInt('z' - '0'));
        case FLAG -> changed[operand.at] ^= 1;
        case REFERENCE -> changed[operand.at] = (byte) random.nextInt(40);
        case DATA -> changed[operand.at + random.nextInt(operand.length)] = (byte) random.nextInt();
      }
    }
    return changed;
  }

  /**
   * One of a kind: there are more numbers and references than anything else, and hardly any of them
   * can change in a file that stays usable.
   */
  private static Operand operand(List<Operand> operands, RandomGenerator random) {
    Kind kind =
        switch (random.nextInt(8)) {
          case 0 -> Kind.NUMBER;
          case 1 -> Kind.REFERENCE;
          case 2, 3 -> Kind.TEXT;
          case 4, 5 -> Kind.FLAG;
          default -> Kind.DATA;
        };
    List<Operand> some = operands.stream().filter(operand -> operand.kind == kind).toList();
    List<Operand> from = some.isEmpty() ? operands : some;
    return from.get(random.nextInt(from.size()));
  }

  private static byte number(byte old, RandomGenerator random) {
    return (byte) (random.nextBoolean() ? old + random.nextInt(-1, 2) : random.nextInt(9));
  }

  private enum Kind {
    NUMBER,
    TEXT,
    FLAG,
    REFERENCE,
    DATA
  }

  private record Operand(Kind kind, int at, int length) {}

  /** The operands of the pickle, and what follows it. */
  private static List<Operand> operands(byte[] file) {
    var found = new ArrayList<Operand>();
    int at = begin(file);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (at < file.length) {
        int next = at + 1 + operandBytes(bytes, at);
        if (next <= at || next > file.length) {
          break;
        }
        add(found, file[at], at, next);
        if (file[at] == '.' && (next >= file.length || file[next] != (byte) 0x80)) {
          at = next;
          break;
        }
        at = next;
      }
    } catch (IndexOutOfBoundsException e) {
      // The end of a file that is broken.
    }
    if (at < file.length) {
      found.add(new Operand(Kind.DATA, at, file.length - at));
    }
    return found;
  }

  private static void add(List<Operand> found, byte code, int at, int next) {
    switch (code) {
      case 'K', 'M', 'J' -> found.add(new Operand(Kind.NUMBER, at + 1, 1));
      case 'X' -> {
        if (next > at + 5) {
          found.add(new Operand(Kind.TEXT, at + 5, next - at - 5));
        }
      }
      case 'h' -> found.add(new Operand(Kind.REFERENCE, at + 1, 1));
      case (byte) 0x88, (byte) 0x89 -> found.add(new Operand(Kind.FLAG, at, 1));
      default -> {
        // Has no operand that can be changed in its place.
      }
    }
  }

  private static int operandBytes(ByteBuffer bytes, int at) {
    return switch (bytes.get(at)) {
      case (byte) 0x80, 'q', 'h', 'K' -> 1;
      case 'M' -> 2;
      case 'r', 'j', 'J' -> 4;
      case 'X' -> 4 + bytes.getInt(at + 1);
      case (byte) 0x8a, (byte) 0x8c -> 1 + Byte.toUnsignedInt(bytes.get(at + 1));
      case (byte) 0x8b -> 4 + bytes.getInt(at + 1);
      case (byte) 0x8d -> 8 + (int) bytes.getLong(at + 1);
      case 'c' -> lines(bytes, at + 1);
      default -> 0;
    };
  }

  /** The length of two lines, a module and a name. */
  private static int lines(ByteBuffer bytes, int at) {
    int end = at;
    for (int lines = 0; lines < 2; end++) {
      if (bytes.get(end) == '\n') {
        lines++;
      }
    }
    return end - at;
  }

  /** Where the pickle begins: in an archive behind its name, else at once. */
  private static int begin(byte[] file) {
    for (int at = LOCAL_HEADER_BYTES; at + PICKLE.length < file.length && at < 1000; at++) {
      if (ByteBuffer.wrap(file, at, PICKLE.length).equals(ByteBuffer.wrap(PICKLE))) {
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int name = header.getShort(NAME_LENGTH);
        return LOCAL_HEADER_BYTES + name + header.getShort(EXTRA_LENGTH);
      }
    }
    return 0;
  }
}
