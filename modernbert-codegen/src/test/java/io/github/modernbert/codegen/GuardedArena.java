package io.github.modernbert.codegen;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Allocates memory between pages that cannot be touched.
 *
 * @param arena whose life the memory has
 * @param atEnd directly before the page behind it rather than directly behind the page before
 */
record GuardedArena(Arena arena, boolean atEnd) implements Arena {
  @Override
  public MemorySegment allocate(long bytes, long alignment) {
    return GuardedMemory.allocate(arena, bytes, atEnd);
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    arena.close();
  }
}
