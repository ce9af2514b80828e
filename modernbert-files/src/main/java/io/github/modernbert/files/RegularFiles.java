package io.github.modernbert.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens the files of a model, which are regular files or symbolic links to such. Opening a named
 * pipe waits until something writes to it, and a device may never end: both are refused before they
 * are opened, with a message that names the file.
 */
public final class RegularFiles {
  private RegularFiles() {}

  /**
   * Checks that a path leads to a regular file.
   *
   * @return the path, for use in an expression
   * @throws ModelFileException if nothing is there, or something other than a regular file
   */
  public static Path require(Path file) {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (attributes.isDirectory()) {
      throw new ModelFileException(file, "is a folder, expected a file");
    }
    if (!attributes.isRegularFile()) {
      throw new ModelFileException(
          file, "is a named pipe, a socket or a device, expected a regular file");
    }
    return file;
  }

  /**
   * Opens a file for reading at any place.
   *
   * @throws ModelFileException if it is missing, no regular file, or may not be read
   */
  public static FileChannel openChannel(Path file) {
    try {
      return FileChannel.open(require(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Opens a UTF-8 file for reading from its beginning. Reading ends in a {@link
   * java.nio.charset.CharacterCodingException} where the bytes are no UTF-8.
   *
   * @throws ModelFileException if it is missing, no regular file, or may not be read
   */
  public static BufferedReader openText(Path file) {
    try {
      return Files.newBufferedReader(require(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * The exception that tells why a file could not be read.
   *
   * @param cause what an attempt to open or read it threw
   */
  public static ModelFileException unreadable(Path file, IOException cause) {
    String problem =
        switch (cause) {
          case NoSuchFileException _, NotDirectoryException _ -> "file not found";
          case CharacterCodingException _ -> "not UTF-8 text";
          case AccessDeniedException _ -> "cannot be read: permission denied";
          default -> "cannot be read: " + cause.getMessage();
        };
    return new ModelFileException(file, problem, cause);
  }
}
