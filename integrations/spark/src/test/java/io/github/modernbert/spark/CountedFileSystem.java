package io.github.modernbert.spark;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A Hadoop file system that is not the node's own, such as HDFS: counts how often files are read.
 */
public final class CountedFileSystem extends RawLocalFileSystem {
  static final AtomicInteger OPENED = new AtomicInteger();

  /** Hadoop makes it by name. */
  public CountedFileSystem() {}

  @Override
  public String getScheme() {
    return "counted";
  }

  @Override
  public URI getUri() {
    return URI.create("counted:///");
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    OPENED.incrementAndGet();
    return super.open(file, bufferSize);
  }

  @Override
  public FileStatus getFileStatus(Path file) throws IOException {
    return plain(super.getFileStatus(file));
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    return Arrays.stream(super.listStatus(folder))
        .map(CountedFileSystem::plain)
        .toArray(FileStatus[]::new);
  }

  /** The same without owner and permissions, which the local file system looks up by its scheme. */
  private static FileStatus plain(FileStatus status) {
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime(),
        status.getPath());
  }
}
