package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.CrossEncoderOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the reranker, {@code spring.ai.modernbert.reranking}.
 *
 * {@snippet file="example.properties" region="reranking"}
 *
 * @param model Folder or name of the cross-encoder. Without one there is no reranker.
 * @param topK Documents to keep at most. All by default.
 * @param maxLength Tokens of query and document together that are read at most. What the model
 *     takes by default.
 * @param truncate Whether pairs that are too long are cut, or refused.
 */
@ConfigurationProperties("spring.ai.modernbert.reranking")
public record ModernBertRerankingProperties(
    String model,
    @Nullable Integer topK,
    @Nullable Integer maxLength,
    @DefaultValue("true") boolean truncate) {

  /** The options of calls, which fit the model. */
  CrossEncoderOptions options(CrossEncoder encoder) {
    CrossEncoderOptions options = CrossEncoderOptions.defaults().truncate(truncate);
    options =
        PropertyValues.positive(
            options, topK, "spring.ai.modernbert.reranking.top-k", CrossEncoderOptions::topK);
    return PropertyValues.fitting(
        options,
        maxLength,
        "spring.ai.modernbert.reranking.max-length",
        CrossEncoderOptions::maxLength,
        changed -> encoder.predict(List.of(), changed));
  }
}
