package io.github.modernbert.cli.options;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options of commands that copy a model: source and target. */
public final class CopyOptions {
  @Mixin private SourceModel source = new SourceModel();

  @Parameters(
      index = "1",
      paramLabel = "FOLDER",
      description = "Where the copy shall be; must not exist yet.")
  private Path target = Path.of("");

  /** A way to copy a model. */
  @FunctionalInterface
  public interface Copier {
    void copy(Path source, Path target) throws IOException;
  }

  /**
   * Makes a copy.
   *
   * @return the command's exit code
   */
  public int run(Copier copier) throws IOException {
    copier.copy(source.folder(), target);
    return ExitCode.OK;
  }
}
