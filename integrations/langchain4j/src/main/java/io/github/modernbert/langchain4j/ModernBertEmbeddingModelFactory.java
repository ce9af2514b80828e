package io.github.modernbert.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;

/**
 * Makes the bundled model the embedding model that LangChain4j uses where none is configured, as
 * the ONNX in-process models do.
 *
 * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="factory"}
 */
public final class ModernBertEmbeddingModelFactory implements EmbeddingModelFactory {
  /** For {@link java.util.ServiceLoader}. */
  public ModernBertEmbeddingModelFactory() {}

  @Override
  public EmbeddingModel create() {
    return new ModernBertEmbeddingModel();
  }
}
