package io.github.modernbert.weights.pytorch;

import io.github.modernbert.files.ModelFileException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/** The bytes of a mapped file, little endian; what lies beyond its end is an error of the file. */
record FileBytes(String file, MemorySegment segment) {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  long size() {
    return segment.byteSize();
  }

  int uint8(long at) {
    return requireInside(at, 1).get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  int uint16(long at) {
    return requireInside(at, 2).get(SHORT, at) & 0xffff;
  }

  int int32(long at) {
    return requireInside(at, 4).get(INT, at);
  }

  long uint32(long at) {
    return int32(at) & 0xffff_ffffL;
  }

  long int64(long at) {
    return requireInside(at, 8).get(LONG, at);
  }

  String text(long at, long length, Charset charset) {
    return new String(slice(at, length).toArray(ValueLayout.JAVA_BYTE), charset);
  }

  MemorySegment slice(long at, long length) {
    return requireInside(at, length).asSlice(at, length);
  }

  private MemorySegment requireInside(long at, long length) {
    if (at < 0 || length < 0 || at > size() - length) {
      throw error(
          "asks for "
              + Long.toUnsignedString(length)
              + " bytes from byte "
              + Long.toUnsignedString(at)
              + " on, but has only "
              + size());
    }
    return segment;
  }

  ModelFileException error(String problem) {
    return new ModelFileException(file, problem);
  }
}
