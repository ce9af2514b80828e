package io.github.modernbert.langchain4j;

import io.github.modernbert.testdata.Golden;
import java.nio.file.Path;

/** Golden checkpoints by their folder's name. */
final class Goldens {
  private Goldens() {}

  /** The folder of that name among those of sentence-transformers. */
  static Path folder(String name) {
    return Golden.folders("sentence-transformers", "cases.json").stream()
        .filter(folder -> folder.getFileName().toString().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
