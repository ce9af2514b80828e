package io.github.modernbert.tokenizer;

import io.github.modernbert.testdata.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tokenizers of the project's own test data, whatever golden folder is tested. */
final class Tokenizers {
  private static final Path FOLDER = Golden.project().resolve("src-test-data/golden/tokenizers");

  private Tokenizers() {}

  static Tokenizer load(String name) {
    return Tokenizer.load(FOLDER.resolve(name).resolve("tokenizer.json"));
  }

  static String json(String name) {
    try {
      return Files.readString(FOLDER.resolve(name).resolve("tokenizer.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
