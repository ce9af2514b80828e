package io.github.modernbert.cli.output;

import io.github.modernbert.cli.console.CommandException;
import io.github.modernbert.cli.console.Console;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A path for a format that is completed at its beginning. For a file that is the file itself; for
 * standard output, a pipe or a device it is a temporary file, whose bytes follow when it is
 * complete.
 */
public final class StagedFile implements Closeable {
  private final Optional<Path> output;
  private final Console console;
  private final Optional<Path> temporary;

  /**
   * @param output empty for standard output
   */
  public StagedFile(Optional<Path> output, Console console) throws IOException {
    output.ifPresent(StagedFile::requirePlace);
    this.output = output;
    this.console = console;
    boolean direct = output.isPresent() && isFileOrNew(output.get());
    this.temporary =
        direct ? Optional.empty() : Optional.of(Files.createTempDirectory("modernbert"));
  }

  /** Says early and with the right name what writing would fail with. */
  public static void requirePlace(Path output) {
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(output)) {
      throw new CommandException(output + ": is a folder, expected a file to write");
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandException(output + ": there is no folder " + folder);
    }
  }

  private static boolean isFileOrNew(Path path) {
    return Files.isRegularFile(path) || !Files.exists(path);
  }

  public Path path() {
    return temporary.map(folder -> folder.resolve("output")).or(() -> output).orElseThrow();
  }

  /** Passes a complete file on. */
  public void deliver() throws IOException {
    if (temporary.isEmpty()) {
      return;
    }
    if (output.isPresent()) {
      try (OutputStream out = Files.newOutputStream(output.get())) {
        Files.copy(path(), out);
      }
    } else {
      Files.copy(path(), console.out());
    }
  }

  @Override
  public void close() throws IOException {
    if (temporary.isPresent()) {
      Files.deleteIfExists(path());
      Files.deleteIfExists(temporary.get());
    }
  }
}
