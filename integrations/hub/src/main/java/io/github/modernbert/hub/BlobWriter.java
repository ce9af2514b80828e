package io.github.modernbert.hub;

import io.github.modernbert.hub.HubException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A blob that is being written: what is there already is kept, hashed, and gone on from. */
final class BlobWriter implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final RemoteFile file;
  private final Path path;
  private final FileStorage storage;
  private final FileChannel channel;
  private final Checksum checksum;
  private long position;

  private BlobWriter(RemoteFile file, Path path, FileStorage storage, FileChannel channel) {
    this.file = file;
    this.path = path;
    this.storage = storage;
    this.channel = channel;
    checksum = file.checksum();
  }

  /**
   * Opens a file, and takes over what an earlier download has left in it.
   *
   * @throws HubException if the disk has no room for the rest, or the file cannot be opened
   */
  static BlobWriter open(RemoteFile file, Path path, FileStorage storage) {
    try {
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        var writer = new BlobWriter(file, path, storage, channel);
        writer.takeOver();
        writer.requireRoom();
        return writer;
      } catch (Throwable e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failure(file, path, e);
    }
  }

  private void takeOver() throws IOException {
    if (channel.size() > file.bytes()) {
      channel.truncate(0);
    }
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    while (channel.read(chunk) >= 0) {
      position += chunk.flip().remaining();
      checksum.update(chunk);
      chunk.clear();
    }
  }

  private void requireRoom() {
    long needed = file.bytes() - position;
    long usable = storage.usableSpace(path);
    if (needed > usable) {
      throw new HubException(
          Reason.CACHE,
          "%s: %,d more bytes are needed in %s, where the disk has room for %,d"
              .formatted(file.path(), needed, path.getParent(), usable));
    }
  }

  /** How many bytes are there. */
  long position() {
    return position;
  }

  boolean isComplete() {
    return position == file.bytes();
  }

  /**
   * Appends bytes.
   *
   * @throws HubException if there are more than the file has, or they cannot be written
   */
  void write(ByteBuffer bytes) {
    if (bytes.remaining() > file.bytes() - position) {
      restart();
      throw new HubException(
          Reason.CORRUPT,
          "%s: more bytes come than the %,d that are listed".formatted(file.path(), file.bytes()));
    }
    position += bytes.remaining();
    checksum.update(bytes.duplicate());
    try {
      storage.write(channel, bytes);
    } catch (IOException e) {
      throw failure(file, path, e);
    }
  }

  /** Forgets what is there. */
  void restart() {
    try {
      channel.truncate(0);
      channel.position(0);
    } catch (IOException e) {
      throw failure(file, path, e);
    }
    position = 0;
    checksum.restart();
  }

  /** Whether all bytes are there, and together have the listed hash if there is one. */
  boolean isRight() {
    return isComplete() && (!file.hasHash() || checksum.matches(file.etag()));
  }

  private static HubException failure(RemoteFile file, Path path, IOException e) {
    return new HubException(
        Reason.CACHE, "%s: cannot be written to %s: %s".formatted(file.path(), path, reason(e)), e);
  }

  /** The system's reason for the failure, without the path if the system gives that too. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
