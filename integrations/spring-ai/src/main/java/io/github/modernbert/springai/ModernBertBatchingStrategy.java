package io.github.modernbert.springai;

import java.util.List;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.BatchingStrategy;

/**
 * Puts all documents into one batch: a {@link ModernBertEmbeddingModel} forms its own batches of
 * the whole list, by the lengths of the texts, and bounds their memory. Spring AI's default
 * strategy would count the tokens of another model and refuse documents that are too long for that.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="documents"}
 */
public final class ModernBertBatchingStrategy implements BatchingStrategy {
  /** The strategy; it has no state. */
  public ModernBertBatchingStrategy() {}

  @Override
  public List<List<Document>> batch(List<Document> documents) {
    return documents.isEmpty() ? List.of() : List.of(documents);
  }
}
