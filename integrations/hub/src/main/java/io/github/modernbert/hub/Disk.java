package io.github.modernbert.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can run out; tests let it. */
interface Disk {
  /** The real one. */
  Disk REAL =
      new Disk() {
        @Override
        public long usableSpace(Path file) throws IOException {
          return Files.getFileStore(file).getUsableSpace();
        }

        @Override
        public void write(FileChannel file, ByteBuffer bytes) throws IOException {
          while (bytes.hasRemaining()) {
            file.write(bytes);
          }
        }
      };

  /** How many bytes fit on the disk that a file is on. */
  long usableSpace(Path file) throws IOException;

  /** Writes all bytes at the channel's position. */
  void write(FileChannel file, ByteBuffer bytes) throws IOException;
}
