package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The most tokens of a text that {@code tokenizer_config.json} allows, special tokens counted. */
final class ModelMaxLength {
  static final String FILE = "tokenizer_config.json";

  private ModelMaxLength() {}

  /**
   * Reads the limit of a folder, which is empty without the file or the key.
   *
   * @throws ModelFileException if it is malformed
   */
  static OptionalInt read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!RegularFiles.exists(file)) {
      return OptionalInt.empty();
    }
    Json config = Json.read(file);
    return config
        .member("model_max_length")
        .or(() -> config.member("max_len"))
        .map(Json::limit)
        .orElse(OptionalInt.empty());
  }
}
