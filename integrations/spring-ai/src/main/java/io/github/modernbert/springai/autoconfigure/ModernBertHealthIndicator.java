package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.ModelInfo;
import io.github.modernbert.TextEmbedder;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up while the model makes vectors, of which it is asked for a short one; says what computes it.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="health"}
 */
public final class ModernBertHealthIndicator extends AbstractHealthIndicator {
  private final TextEmbedder embedder;

  /** An indicator for a loaded model. */
  public ModernBertHealthIndicator(TextEmbedder embedder) {
    super("the ModernBERT model makes no vectors");
    this.embedder = embedder;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    float[] vector = embedder.embed("health");
    ModelInfo info = embedder.info();
    builder
        .up()
        .withDetail("model", info.source())
        .withDetail("dimensions", vector.length)
        .withDetail("maxLength", info.maxLength())
        .withDetail("kernels", info.kernels())
        .withDetail("precision", info.precision().key())
        .withDetail("weights", info.weights().key())
        .withDetail("threads", info.threads());
  }
}
