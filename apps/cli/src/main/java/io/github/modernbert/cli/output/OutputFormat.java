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

  /** The format that a file's name ends with. */
  public static Optional<OutputFormat> of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(f -> name.endsWith("." + f.name())).findAny();
  }
}
