package io.github.modernbert.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Changes the header of a safetensors file, as JSON or as bytes, its length, or the data; half of
 * the time so that header and data still agree, as {@link ConsistentTensors} does.
 */
final class SafetensorsMutations {
  private SafetensorsMutations() {}

  static byte[] of(byte[] file, RandomGenerator random) {
    long length = file.length < Long.BYTES ? -1 : order(file).getLong(0);
    if (length < 2 || length > file.length - Long.BYTES || random.nextInt(8) == 0) {
      return ByteMutations.of(file, random);
    }
    if (random.nextBoolean()) {
      Optional<byte[]> consistent = ConsistentTensors.of(file, (int) length, random);
      if (consistent.isPresent()) {
        return consistent.get();
      }
    }
    int end = Long.BYTES + (int) length;
    byte[] header = Arrays.copyOfRange(file, Long.BYTES, end);
    byte[] changed = json(header, random);
    long told = random.nextInt(12) == 0 ? oddLength(changed.length, random) : changed.length;
    ByteBuffer result = order(new byte[Long.BYTES + changed.length + file.length - end]);
    result.putLong(told).put(changed).put(file, end, file.length - end);
    return random.nextInt(12) == 0
        ? Arrays.copyOf(result.array(), random.nextInt(result.capacity() + 1))
        : result.array();
  }

  /** Some of the golden files have headers that are no JSON. */
  private static byte[] json(byte[] header, RandomGenerator random) {
    try {
      return JsonMutations.of(header, random);
    } catch (com.google.gson.JsonParseException e) {
      return ByteMutations.of(header, random);
    }
  }

  private static long oddLength(int length, RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> length + random.nextInt(-9, 10);
      case 1 -> -1;
      case 2 -> Long.MAX_VALUE - random.nextInt(20);
      case 3 -> 100_000_000 + random.nextInt(2);
      default -> random.nextLong();
    };
  }

  private static ByteBuffer order(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
