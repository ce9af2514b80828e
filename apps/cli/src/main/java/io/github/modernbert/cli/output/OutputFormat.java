package io.github.modernbert.cli.output;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The formats that vectors are written in; the names are those of the option. */
public enum OutputFormat {
  jsonl(false),
  csv(false),
  npy(true),
  safetensors(true);

  private final boolean binary;

  OutputFormat(boolean binary) {
    this.binary = binary;
  }

  public boolean isBinary() {
    return binary;
  }

  /**
   * The format that a file's name ends with; empty if it has no ending.
   *
   * @throws IllegalArgumentException if it has another ending
   */
  public static Optional<OutputFormat> of(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    if (dot <= 0) {
      return Optional.empty();
    }
    String ending = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return Optional.of(
        Arrays.stream(values())
            .filter(format -> format.name().equals(ending))
            .findAny()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "%s: no format is known by the ending .%s; there are %s, and --format"
                        .formatted(file, ending, Arrays.toString(values())))));
  }
}
