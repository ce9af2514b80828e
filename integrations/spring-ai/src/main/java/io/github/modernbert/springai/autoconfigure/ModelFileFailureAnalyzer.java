package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.files.ModelFileException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do when an application does not start because a model cannot be loaded. */
final class ModelFileFailureAnalyzer extends AbstractFailureAnalyzer<ModelFileException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, ModelFileException cause) {
    return new FailureAnalysis(
        "A ModernBERT model cannot be loaded: " + cause.getMessage(),
        """
        Set spring.ai.modernbert.embedding.model (for the reranker \
        spring.ai.modernbert.reranking.model) to the folder or name of a model, or add the dependency \
        io.github.modernbert:modernbert-mini for the bundled embedding model. If another embedding \
        model is meant, choose its provider by spring.ai.model.embedding.\
        """,
        cause);
  }
}
