package io.github.modernbert;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds models by name, for all methods that load a model by a string, such as {@link
 * TextEmbedder#load(String)}. Implementations are services ({@link java.util.ServiceLoader}); the
 * artifact {@code modernbert-hub} brings one for the Hugging Face Hub.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="locator"}
 */
@FunctionalInterface
public interface ModelLocator {
  /**
   * Finds the folder of a model. Called only if there is no folder with the path {@code name}; by
   * any thread.
   *
   * @param name the name that the caller gave, such as {@code nomic-ai/modernbert-embed-base}
   * @return an existing folder; empty if the name does not belong to this locator, and the next one
   *     is asked
   * @throws RuntimeException if the name belongs to this locator and the model cannot be provided;
   *     the message says why
   */
  Optional<Path> locate(String name);
}
