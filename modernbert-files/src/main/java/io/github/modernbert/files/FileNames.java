package io.github.modernbert.files;

import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Makes paths of names. A JVM encodes file names as its locale says when it starts: in the locale
 * {@code C} or {@code POSIX}, or in one that is not installed, that is ASCII, and a file whose name
 * has other letters cannot be opened, or even be told from one that is missing.
 */
public final class FileNames {
  private static final Pattern SEPARATOR = Pattern.compile("[/\\\\]");

  private FileNames() {}

  /**
   * The path of a name.
   *
   * @throws IllegalArgumentException if no file can have that name; the message says so if only
   *     this JVM cannot spell it, and what sets that
   */
  public static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "'%s' is no name of a file%s".formatted(name, encodingHint(name)), e);
    }
  }

  /**
   * The path of something in a model's folder, as one of its files names it. A backslash separates
   * as a slash does: models that were saved on Windows have it.
   *
   * @param name a path that stays in the folder on every system: not absolute, without a drive, a
   *     step upwards or a NUL; if it is empty, the folder itself
   * @throws ModelFileException if it leads out of the folder, or no file can have that name
   */
  public static Path inside(Path folder, Json name) {
    String text = name.string();
    boolean leadsOut =
        text.startsWith("/")
            || text.startsWith("\\")
            || text.contains(":")
            || text.contains("\0")
            || SEPARATOR.splitAsStream(text).anyMatch(".."::equals);
    if (leadsOut) {
      throw name.mismatch("a path inside the model's folder");
    }
    try {
      Path path = folder.getFileSystem().getPath(text.replace('\\', '/')).normalize();
      return text.isEmpty() ? folder : folder.resolve(path);
    } catch (InvalidPathException e) {
      throw name.error("%s is no name of a file%s".formatted(name, encodingHint(text)));
    }
  }

  /** The end of a message about a file that is not found: empty if this JVM can spell its name. */
  public static String encodingHint(String name) {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    if (!Charset.isSupported(encoding) || Charset.forName(encoding).newEncoder().canEncode(name)) {
      return "";
    }
    return ("; this JVM encodes file names as %s, which cannot spell this one: set the environment"
            + " variable LC_ALL to a UTF-8 locale, such as C.UTF-8, before it starts")
        .formatted(encoding);
  }
}
