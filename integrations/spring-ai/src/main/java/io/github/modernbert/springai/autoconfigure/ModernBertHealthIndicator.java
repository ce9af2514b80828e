package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.ModelInfo;
import io.github.modernbert.TextEmbedder;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * A health indicator that embeds a short text: it is up if that succeeds, and names the kernels.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="health"}
 */
public final class ModernBertHealthIndicator extends AbstractHealthIndicator {
  private final TextEmbedder embedder;

  /**
   * Makes an indicator.
   *
   * @param embedder a loaded model
   */
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
