package io.github.modernbert;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds models by name, for everything that loads a model by a string, such as {@link
 * TextEmbedder#load(String)}. Implementations are services ({@link java.util.ServiceLoader}); the
 * artifact {@code modernbert-hub} brings one for the Hugging Face Hub.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="locator"}
 */
@FunctionalInterface
public interface ModelLocator {
  /**
   * The folder of a model. Asked only if there is no folder of that name.
   *
   * @param name as the caller gave it, such as {@code nomic-ai/modernbert-embed-base}
   * @return empty if this is no name for the models that it knows; another locator is asked then
   * @throws RuntimeException if it is such a name, and the model cannot be had; says why
   */
  Optional<Path> locate(String name);
}
