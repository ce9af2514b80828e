package io.github.modernbert.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Memory that one thread needs inside kernels: a workspace for each implementation that asks for
 * one. Buffers grow to the largest size that has been asked for and are kept; what they hold
 * between calls is undefined.
 */
public final class Scratch {
  private final Map<Class<?>, Object> workspaces = new IdentityHashMap<>();

  /** Nothing is allocated yet. */
  public Scratch() {}

  /**
   * The workspace of a type, made when it is asked for the first time.
   *
   * @param type no two uses share one
   */
  public <W> W workspace(Class<W> type, Supplier<W> create) {
    return type.cast(workspaces.computeIfAbsent(type, t -> create.get()));
  }

  /** A buffer of floats. */
  public static final class Floats {
    private float[] array = {};

    /** Nothing is allocated yet. */
    public Floats() {}

    /** The buffer, of at least this length. */
    public float[] atLeast(int length) {
      return array = array.length >= length ? array : new float[length];
    }
  }

  /** A buffer of integers. */
  public static final class Ints {
    private int[] array = {};

    /** Nothing is allocated yet. */
    public Ints() {}

    /** The buffer, of at least this length. */
    public int[] atLeast(int length) {
      return array = array.length >= length ? array : new int[length];
    }
  }

  /** A buffer outside of the heap, aligned for vectors; freed with this object. */
  public static final class Bytes {
    private MemorySegment segment = MemorySegment.NULL;

    /** Nothing is allocated yet. */
    public Bytes() {}

    /** The buffer, of at least this length. */
    public MemorySegment atLeast(long length) {
      if (segment.byteSize() < length) {
        segment = Arena.ofAuto().allocate(length, Matrix.ALIGNMENT);
      }
      return segment;
    }
  }
}
