package io.github.modernbert.encoder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicLong;

/** A shared arena that counts the bytes allocated in it. */
final class CountingArena implements Arena {
  private final Arena arena = Arena.ofShared();
  private final AtomicLong bytes = new AtomicLong();

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    MemorySegment segment = arena.allocate(byteSize, byteAlignment);
    bytes.addAndGet(byteSize);
    return segment;
  }

  /** Maps a file read-only from its beginning on. */
  MemorySegment map(FileChannel channel, long size) throws IOException {
    MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
    bytes.addAndGet(size);
    return mapped;
  }

  long bytes() {
    return bytes.get();
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
