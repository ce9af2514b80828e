package io.github.modernbert.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Files that are there as a whole or not at all, whoever reads at the time. */
final class AtomicFile {
  private static final int SUFFIX = 8;

  private AtomicFile() {}

  static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(unique(file.getFileName().toString(), "tmp"));
    try {
      Files.writeString(temporary, text);
      move(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A name that no other process uses. */
  static String unique(String name, String ending) {
    return name + "." + UUID.randomUUID().toString().substring(0, SUFFIX) + "." + ending;
  }

  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
