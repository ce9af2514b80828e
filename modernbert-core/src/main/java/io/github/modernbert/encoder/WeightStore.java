package io.github.modernbert.encoder;

import io.github.modernbert.kernels.WeightMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the packed weights of a model lie: in new memory, or in a {@link PreparedFile} that was
 * written from such. Knows each segment by the name of its tensor and a number. Safe for use by
 * several threads.
 */
final class WeightStore {
  private final Arena arena;
  private final @Nullable PreparedFile prepared;
  private final SortedMap<String, MemorySegment> segments = new ConcurrentSkipListMap<>();

  /** A store of new memory. */
  WeightStore(Arena arena) {
    this(arena, null);
  }

  /** A store whose named segments lie in a file. */
  WeightStore(Arena arena, @Nullable PreparedFile prepared) {
    this.arena = arena;
    this.prepared = prepared;
  }

  /** Memory for what does not come from tensors. */
  Arena arena() {
    return arena;
  }

  /**
   * The memory of a tensor or a part of one.
   *
   * @param name its name, which no other part has
   */
  WeightMemory memory(String name) {
    return new WeightMemory() {
      private int count;

      @Override
      public MemorySegment allocate(long byteSize, long byteAlignment) {
        String segment = name + "#" + count++;
        if (prepared != null) {
          return prepared.segment(segment, byteSize);
        }
        MemorySegment allocated = arena.allocate(byteSize, byteAlignment);
        segments.put(segment, allocated);
        return allocated;
      }

      @Override
      public boolean isFilled() {
        return prepared != null;
      }
    };
  }

  /** All named segments of new memory, by their names. */
  SortedMap<String, MemorySegment> segments() {
    return Collections.unmodifiableSortedMap(segments);
  }
}
