package io.github.modernbert.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of all processes at a time download a blob; the others wait and find it done. The
 * file is the one that the Python client locks. On Linux and macOS it does so with {@code flock},
 * and so do we where {@link Flock} can; the JDK's own locks, which are taken otherwise, do not see
 * those, nor they them: both download the blob then. Nothing breaks, since each writes a file of
 * its own and moves it to its place when it is whole.
 */
final class BlobLock implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(BlobLock.class.getName());

  /**
   * A thread must hold the lock in here before it opens the file: when a process closes a file, the
   * system takes all of the JDK's locks away that it has on it.
   */
  private static final Map<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

  private final ReentrantLock lock;
  private final Optional<Held> held;

  private BlobLock(ReentrantLock lock, Optional<Held> held) {
    this.lock = lock;
    this.held = held;
  }

  /**
   * A lock that keeps other processes out.
   *
   * @param kind tells apart what does not keep each other out
   */
  private record Held(String kind, Release release) {}

  @FunctionalInterface
  private interface Release {
    void run() throws IOException;
  }

  /** Waits for the lock that is a file of that name. */
  static BlobLock take(Path folder, String name) throws IOException, InterruptedException {
    Path file = Files.createDirectories(folder).toRealPath().resolve(name);
    ReentrantLock lock = IN_THIS_JVM.computeIfAbsent(file, path -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      createFile(file);
      return new BlobLock(lock, hold(file));
    } catch (Throwable e) {
      lock.unlock();
      throw e;
    }
  }

  private static void createFile(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    try {
      // As the Python client: others who share the cache must be able to wait as well.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "permissions of " + file, e);
    }
  }

  /** Nothing where the file system has no locks. */
  private static Optional<Held> hold(Path file) throws IOException, InterruptedException {
    try {
      if (Flock.isAvailable()) {
        return Optional.of(new Held("flock", Flock.take(file)::close));
      }
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      try {
        channel.lock();
        return Optional.of(new Held("lock", channel::close));
      } catch (Throwable e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      LOG.log(System.Logger.Level.DEBUG, file + " cannot be locked", e);
      return Optional.empty();
    }
  }

  /**
   * The ending for the name of a file that no other process writes at the same time, so that a
   * download may be gone on with; empty if there is no such name.
   */
  Optional<String> ownEnding() {
    // Older Python clients go on with what is named ETAG.incomplete; this is not for them.
    return held.map(each -> ".modernbert-" + each.kind() + ".incomplete");
  }

  @Override
  public void close() throws IOException {
    try {
      if (held.isPresent()) {
        held.get().release().run();
      }
    } finally {
      lock.unlock();
    }
  }
}
