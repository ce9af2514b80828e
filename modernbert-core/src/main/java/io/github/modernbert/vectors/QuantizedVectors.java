package io.github.modernbert.vectors;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Arithmetic on vectors of 8-bit integers, and of bits in bytes: the first dimension in the highest
 * bit, as {@code numpy.packbits} packs them. Signed bytes of bits are 128 less than unsigned ones,
 * which turns their highest bit over.
 */
public final class QuantizedVectors {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final int HIGHEST = 0x80;

  /** So many products fit into an int. */
  private static final int BLOCK = 1 << 14;

  private QuantizedVectors() {}

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

  /** The sum of products of signed integers. */
  public static long dot(byte[] a, byte[] b) {
    long sum = 0;
    for (int begin = 0; begin < a.length; begin += BLOCK) {
      int end = Math.min(a.length, begin + BLOCK);
      int block = 0;
      for (int i = begin; i < end; i++) {
        block += a[i] * b[i];
      }
      sum += block;
    }
    return sum;
  }

  /** The sum of products of unsigned integers. */
  public static long unsignedDot(byte[] a, byte[] b) {
    long sum = 0;
    for (int begin = 0; begin < a.length; begin += BLOCK) {
      int end = Math.min(a.length, begin + BLOCK);
      int block = 0;
      for (int i = begin; i < end; i++) {
        block += (a[i] & 0xFF) * (b[i] & 0xFF);
      }
      sum += block;
    }
    return sum;
  }
}
