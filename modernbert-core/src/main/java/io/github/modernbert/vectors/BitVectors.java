package io.github.modernbert.vectors;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Vectors of bits in bytes: the first dimension in the highest bit, as {@code numpy.packbits} packs
 * them. Signed bytes are 128 less than unsigned ones, which turns their highest bit over.
 */
public final class BitVectors {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final int HIGHEST = 0x80;

  private BitVectors() {}

  /** A bit for each value: whether it is above 0. */
  public static byte[] pack(float[] vector, boolean signed) {
    var bytes = new byte[Math.ceilDiv(vector.length, Byte.SIZE)];
    for (int d = 0; d < vector.length; d++) {
      if (vector[d] > 0) {
        bytes[d / Byte.SIZE] |= (byte) (HIGHEST >> d % Byte.SIZE);
      }
    }
    if (signed) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= (byte) HIGHEST;
      }
    }
    return bytes;
  }

  /** The bit of a dimension, 0 or 1. */
  public static int get(byte[] bytes, int dimension, boolean signed) {
    int unsigned = bytes[dimension / Byte.SIZE] ^ (signed ? HIGHEST : 0);
    return unsigned >> Byte.SIZE - 1 - dimension % Byte.SIZE & 1;
  }

  /** In how many bits two vectors of the same length differ: the Hamming distance. */
  public static int hamming(byte[] a, byte[] b) {
    int differing = 0;
    int i = 0;
    for (; i + Long.BYTES <= a.length; i += Long.BYTES) {
      differing += Long.bitCount((long) LONGS.get(a, i) ^ (long) LONGS.get(b, i));
    }
    for (; i < a.length; i++) {
      differing += Integer.bitCount((a[i] ^ b[i]) & 0xFF);
    }
    return differing;
  }
}
