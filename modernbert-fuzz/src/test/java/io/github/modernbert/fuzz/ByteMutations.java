package io.github.modernbert.fuzz;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Changes bytes without knowing what they mean. */
final class ByteMutations {
  private static final byte[] INTERESTING = {0, 1, -1, 127, -128, '"', '{', '[', '9', '\\', ' '};
  private static final int LARGEST_PIECE = 64;
  private static final int BEGINNING = 1000;

  private ByteMutations() {}

  /** A copy with some changes. */
  static byte[] of(byte[] bytes, RandomGenerator random) {
    byte[] changed = bytes;
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      changed = once(changed, random);
    }
    return changed;
  }

  /**
   * A copy with some changes, most of them to single bytes near the beginning: there an archive of
   * PyTorch has its pickle, whose place and length others tell.
   */
  static byte[] mostlyAtTheBeginning(byte[] bytes, RandomGenerator random) {
    if (bytes.length == 0 || random.nextInt(4) == 0) {
      return of(bytes, random);
    }
    byte[] changed = bytes.clone();
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int at = random.nextInt(Math.min(BEGINNING, bytes.length));
      boolean copies = random.nextBoolean();
      changed[at] =
          copies
              ? bytes[random.nextInt(Math.min(BEGINNING, bytes.length))]
              : (byte) random.nextInt();
    }
    return changed;
  }

  private static byte[] once(byte[] bytes, RandomGenerator random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    int size = Math.min(bytes.length - at, 1 + random.nextInt(LARGEST_PIECE));
    return switch (random.nextInt(7)) {
      case 0 -> set(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
      case 1 -> set(bytes, at, INTERESTING[random.nextInt(INTERESTING.length)]);
      case 2 -> set(bytes, at, (byte) random.nextInt());
      case 3 -> join(bytes, 0, at, bytes, at + size, bytes.length);
      case 4 -> join(bytes, 0, at + size, bytes, at, bytes.length);
      case 5 -> Arrays.copyOf(bytes, at);
      default -> {
        int from = random.nextInt(bytes.length - size + 1);
        byte[] copied = bytes.clone();
        System.arraycopy(bytes, from, copied, at, size);
        yield copied;
      }
    };
  }

  private static byte[] set(byte[] bytes, int at, byte value) {
    byte[] changed = bytes.clone();
    changed[at] = value;
    return changed;
  }

  private static byte[] join(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
    byte[] joined = Arrays.copyOf(Arrays.copyOfRange(a, aFrom, aTo), aTo - aFrom + bTo - bFrom);
    System.arraycopy(b, bFrom, joined, aTo - aFrom, bTo - bFrom);
    return joined;
  }
}
