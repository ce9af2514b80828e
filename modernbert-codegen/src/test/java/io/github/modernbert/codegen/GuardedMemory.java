package io.github.modernbert.codegen;

import io.github.modernbert.codegen.runtime.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory with pages around it that cannot be touched: whoever leaves it ends the process. */
public final class GuardedMemory {
  /** The largest pages that systems use. */
  private static final long PAGE = 1 << 16;

  private GuardedMemory() {}

  /**
   * @param atEnd directly before the page behind it rather than directly behind the page before
   */
  public static MemorySegment allocate(Arena arena, long bytes, boolean atEnd) {
    long pages = Math.ceilDiv(bytes, PAGE) * PAGE;
    MemorySegment all = SystemCalls.map(arena, pages + 2 * PAGE);
    SystemCalls.protect(all.asSlice(0, PAGE), SystemCalls.PROT_NONE);
    SystemCalls.protect(all.asSlice(PAGE + pages, PAGE), SystemCalls.PROT_NONE);
    return all.asSlice(atEnd ? PAGE + pages - bytes : PAGE, bytes);
  }

  /** Such memory with what a segment holds. */
  static MemorySegment copy(Arena arena, MemorySegment from, boolean atEnd) {
    return allocate(arena, from.byteSize(), atEnd).copyFrom(from);
  }
}
