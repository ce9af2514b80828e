package io.github.modernbert.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where downloads are written. A test makes one that is full. */
interface FileStorage {
  /** The file systems of this machine. */
  FileStorage LOCAL =
      new FileStorage() {
        @Override
        public long usableSpace(Path file) {
          try {
            long usable = Files.getFileStore(file).getUsableSpace();
            // Some network file systems do not tell; that a disk is full shows when it is written.
            return usable > 0 ? usable : Long.MAX_VALUE;
          } catch (IOException e) {
            return Long.MAX_VALUE;
          }
        }

        @Override
        public void write(FileChannel file, ByteBuffer bytes) throws IOException {
          while (bytes.hasRemaining()) {
            file.write(bytes);
          }
        }
      };

  /** How many bytes fit on the disk that a file is on, as far as is known. */
  long usableSpace(Path file);

  /** Writes all bytes at the channel's position. */
  void write(FileChannel file, ByteBuffer bytes) throws IOException;
}
