package io.github.modernbert.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * Opens the files of a model, which are regular files or symbolic links to such. Opening a named
 * pipe waits until something writes to it, and a device may never end: both are refused before they
 * are opened, with a message that names the file.
 */
public final class RegularFiles {
  /** Lets the library choose the size of a reader's buffer. */
  private static final int DEFAULT_BUFFER = -1;

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
   * Whether something stands at a path. Where it cannot be told, or a link leads to nothing, {@link
   * Files#exists} says no, and a model would be read as if it had been saved without that file.
   *
   * @throws ModelFileException if the path may not be followed, or ends at a broken link
   */
  public static boolean exists(Path file) {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException | NotDirectoryException e) {
      if (Files.isSymbolicLink(file)) {
        throw new ModelFileException(file, "is a link to a file that is not there", e);
      }
      return false;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Opens a file for reading at any place.
   *
   * @throws ModelFileException if it is missing, no regular file, or may not be read
   * @throws CancellationException if the thread is interrupted; the flag stays set
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
   * @throws CancellationException if the thread is interrupted; the flag stays set
   */
  public static BufferedReader openText(Path file) {
    // Not Files.newBufferedReader, whose reading goes on when the thread is interrupted.
    FileChannel channel = openChannel(file);
    return new BufferedReader(
        Channels.newReader(channel, StandardCharsets.UTF_8.newDecoder(), DEFAULT_BUFFER));
  }

  /**
   * The exception that tells which file could not be written. That of a full disk, for one, does
   * not name it.
   *
   * @param file the file or folder, as the message shall name it
   * @param cause what an attempt to write it threw
   */
  public static IOException unwritable(Path file, IOException cause) {
    return cause instanceof FileSystemException || cause instanceof ClosedByInterruptException
        ? cause
        : new IOException(file + ": cannot be written: " + cause.getMessage(), cause);
  }

  /**
   * The exception that tells why a file could not be read.
   *
   * @param file the file, as the message shall name it
   * @param cause what an attempt to open or read it threw
   * @return a {@link ModelFileException}; or a {@link CancellationException} if the thread was
   *     interrupted, whose flag stays set
   */
  public static RuntimeException unreadable(Object file, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      var cancelled = new CancellationException("interrupted while " + file + " was read");
      cancelled.initCause(cause);
      return cancelled;
    }
    String problem =
        switch (cause) {
          case NoSuchFileException _, NotDirectoryException _ -> "file not found";
          case CharacterCodingException _ -> "not UTF-8 text";
          case AccessDeniedException _ -> "cannot be read: permission denied";
          default -> "cannot be read: " + Objects.requireNonNullElse(cause.getMessage(), cause);
        };
    return new ModelFileException(file, problem, cause);
  }
}
