package io.github.modernbert.tokenizer.text;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * A growing list of strings that lie one after the other in one array, as UTF-8. It takes a tenth
 * of the memory of as many objects, and of the time to make them.
 */
public final class ByteStrings extends AbstractList<String> implements RandomAccess {
  private byte[] bytes = new byte[1 << 12];
  private int length;
  private int[] ends = new int[1 << 10];
  private int size;

  /** An empty list. */
  public ByteStrings() {}

  /**
   * The strings of a list, which have no lone surrogates; the same object if it is one of these.
   */
  public static ByteStrings of(List<String> strings) {
    if (strings instanceof ByteStrings same) {
      return same;
    }
    var list = new ByteStrings();
    for (String string : strings) {
      byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
      list.append(utf8, 0, utf8.length);
      list.endString();
    }
    return list;
  }

  /** Appends some bytes to the string that is being written. */
  public void append(byte[] source, int from, int count) {
    if (count > bytes.length - length) {
      long wanted = Math.max((long) length + count, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
      if (count > bytes.length - length) {
        throw new OutOfMemoryError("strings of more than 2 GB");
      }
    }
    System.arraycopy(source, from, bytes, length, count);
    length += count;
  }

  /** Makes what was appended since the last string a string of the list. */
  public void endString() {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size + (size >> 1));
    }
    ends[size++] = length;
  }

  /** Gives up the string that is being written. */
  public void dropString() {
    length = start(size);
  }

  /** Whether the string that is being written begins with some ASCII. */
  public boolean startsWith(String ascii) {
    byte[] wanted = ascii.getBytes(StandardCharsets.US_ASCII);
    int start = start(size);
    int end = Math.min(length, start + wanted.length);
    return Arrays.equals(bytes, start, end, wanted, 0, wanted.length);
  }

  /** Where a byte stands in the string that is being written, from {@code from} on, or −1. */
  public int indexOf(char ascii, int from) {
    for (int i = from; i < length; i++) {
      if (bytes[i] == ascii) {
        return i;
      }
    }
    return -1;
  }

  /** Takes the byte at {@code at} out of the string that is being written. */
  public void removeByte(int at) {
    System.arraycopy(bytes, at + 1, bytes, at, length - at - 1);
    length--;
  }

  /** The bytes of all strings, valid until something is appended. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where a string begins in {@link #bytes}; for {@link #size} the one that is being written. */
  public int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  /** Where a string ends in {@link #bytes}. */
  public int end(int index) {
    return ends[index];
  }

  /** Where the string that is being written ends in {@link #bytes}. */
  public int length() {
    return length;
  }

  /** Makes the string, a new object each time. */
  @Override
  public String get(int index) {
    int start = start(index);
    return new String(bytes, start, end(index) - start, StandardCharsets.UTF_8);
  }

  @Override
  public int size() {
    return size;
  }
}
