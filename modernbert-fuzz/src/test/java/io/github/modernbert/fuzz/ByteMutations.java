package io.github.modernbert.fuzz;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Changes bytes without knowing what they mean. */
final class ByteMutations {
  private static final byte[] INTERESTING = {0, 1, -1, 127, -128, '"', '{', '[', '9', '\\', ' '};
  private static final int LARGEST_PIECE = 64;

  private ByteMutations() {}

  /** A copy with some changes. */
  static byte[] of(byte[] bytes, RandomGenerator random) {
    byte[] changed = bytes;
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      changed = once(changed, random);
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
