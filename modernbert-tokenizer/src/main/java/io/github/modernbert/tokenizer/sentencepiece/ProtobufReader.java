package io.github.modernbert.tokenizer.sentencepiece;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tokenizer.text.Utf8;

/** Walks over the fields of a protobuf message in binary form. */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;
  private static final int MAX_VARINT_BITS = 63;

  private final Object file;
  private final byte[] bytes;
  private final int end;
  private int at;

  // The field that next() went to.
  private int field;
  private int wireType;
  private long number;
  private int from;
  private int to;

  /**
   * A reader of a stretch of bytes.
   *
   * @param file what errors shall name
   */
  ProtobufReader(Object file, byte[] bytes, int start, int end) {
    this.file = file;
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (at == end) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    switch (wireType) {
      case VARINT -> number = varint();
      case FIXED_64 -> skip(Long.BYTES);
      case BYTES -> skip(varint());
      case FIXED_32 -> skip(Integer.BYTES);
      default -> throw error("a field of wire type " + wireType);
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** The integer of the field. */
  int integer() {
    require(VARINT);
    return (int) number;
  }

  /** Whether the integer of the field is not 0. */
  boolean bool() {
    require(VARINT);
    return number != 0;
  }

  /** The float of the field. */
  float number() {
    require(FIXED_32);
    int bits = 0;
    for (int i = to - 1; i >= from; i--) {
      bits = bits << Byte.SIZE | bytes[i] & 0xFF;
    }
    return Float.intBitsToFloat(bits);
  }

  /** The bytes of the field. */
  byte[] bytes() {
    require(BYTES);
    return java.util.Arrays.copyOfRange(bytes, from, to);
  }

  /** The text of the field. */
  String string() {
    return Utf8.decodeStrict(bytes()).orElseThrow(() -> error("text that is not UTF-8"));
  }

  /** The message of the field. */
  ProtobufReader message() {
    require(BYTES);
    return new ProtobufReader(file, bytes, from, to);
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw error("field %d with wire type %d".formatted(field, wireType));
    }
  }

  private void skip(long count) {
    if (count < 0 || count > end - at) {
      throw error("a field that is longer than the file");
    }
    from = at;
    at += (int) count;
    to = at;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift <= MAX_VARINT_BITS; shift += 7) {
      if (at == end) {
        throw error("a number that is cut off");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw error("a number of more than 64 bits");
  }

  private ModelFileException error(String found) {
    return new ModelFileException(
        file, "expected a model of SentencePiece, found " + found + " before byte " + at);
  }
}
