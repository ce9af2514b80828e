package io.github.modernbert.files;

import org.jspecify.annotations.Nullable;

/**
 * A file of a model cannot be used: missing, malformed, or describing something this library does
 * not do. The message names the file and, where there is one, the tensor or key, and says what was
 * found and what was expected.
 */
public final class ModelFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param file the file or folder at fault, as the message shall name it
   * @param problem what was found and what was expected
   */
  public ModelFileException(Object file, String problem) {
    this(file, problem, null);
  }

  /**
   * @param file the file or folder at fault, as the message shall name it
   * @param problem what was found and what was expected
   * @param cause the exception that showed the problem, if any
   */
  public ModelFileException(Object file, String problem, @Nullable Throwable cause) {
    super(file + ": " + problem, cause);
  }

  /**
   * Repeats an exception that was met earlier, for the caller of now.
   *
   * @param earlier the cause, whose message this one has
   */
  public ModelFileException(ModelFileException earlier) {
    super(earlier.getMessage(), earlier);
  }
}
