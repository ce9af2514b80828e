package io.github.modernbert.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread of all JVMs at a time download a blob; the others wait and find it done. The file
 * is the one that the Python client locks, but on Linux and macOS it does so with {@code flock},
 * which does not see the JDK's {@code fcntl} locks, nor they it: with Python on the same blob at
 * the same time both download it. Nothing breaks then, since each writes a file of its own and
 * moves it to its place when it is whole.
 */
final class BlobLock implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(BlobLock.class.getName());

  /**
   * A thread must hold the lock in here before it opens the file: when a process closes a file, the
   * system takes all locks away that it has on it.
   */
  private static final Map<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

  private final ReentrantLock lock;
  private final @Nullable FileChannel channel;

  private BlobLock(ReentrantLock lock, @Nullable FileChannel channel) {
    this.lock = lock;
    this.channel = channel;
  }

  /** Waits for the lock that is a file of that name. */
  static BlobLock take(Path folder, String name) throws IOException, InterruptedException {
    Path file = Files.createDirectories(folder).toRealPath().resolve(name);
    ReentrantLock lock = IN_THIS_JVM.computeIfAbsent(file, path -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      return new BlobLock(lock, lockFile(file));
    } catch (Throwable e) {
      lock.unlock();
      throw e;
    }
  }

  private static @Nullable FileChannel lockFile(Path file) throws IOException {
    boolean isNew = !Files.exists(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (isNew) {
        // As the Python client: others who share the cache must be able to wait as well.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "permissions of " + file, e);
    }
    try {
      channel.lock();
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      LOG.log(System.Logger.Level.DEBUG, file + " cannot be locked", e);
      return null;
    }
  }

  /** Whether no other JVM is in here; false where the file system has no locks. */
  boolean isExclusive() {
    return channel != null;
  }

  @Override
  public void close() throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
