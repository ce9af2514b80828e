package io.github.modernbert.tokenizer.text;

import java.util.Arrays;

/** A growing list of ints. */
public final class IntList {
  private int[] values;
  private int size;

  /** An empty list with room for some values. */
  public IntList(int capacity) {
    values = new int[Math.max(4, capacity)];
  }

  /** Appends a value. */
  public void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1) + 4);
    }
    values[size++] = value;
  }

  /** Takes all values out. */
  public void clear() {
    size = 0;
  }

  /** The value at {@code index}. */
  public int get(int index) {
    return values[index];
  }

  /** How many values there are. */
  public int size() {
    return size;
  }

  /** The values in an array of their own. */
  public int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
