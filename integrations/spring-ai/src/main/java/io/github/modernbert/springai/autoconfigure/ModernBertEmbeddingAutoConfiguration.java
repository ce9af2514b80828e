package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.springai.ModernBertBatchingStrategy;
import io.github.modernbert.springai.ModernBertEmbeddingModel;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.util.StringUtils;

/**
 * Makes an embedding model, unless {@code spring.ai.model.embedding} chooses another provider; and
 * the batching strategy that suits it, for which it comes before those of vector stores.
 */
@AutoConfiguration
@AutoConfigureOrder(-1)
@ConditionalOnProperty(
    name = SpringAIModelProperties.EMBEDDING_MODEL,
    havingValue = ModernBertEmbeddingModel.PROVIDER,
    matchIfMissing = true)
@EnableConfigurationProperties({ModernBertProperties.class, ModernBertEmbeddingProperties.class})
public final class ModernBertEmbeddingAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean
  TextEmbedder modernBertTextEmbedder(
      ModernBertProperties common, ModernBertEmbeddingProperties properties) {
    LoadOptions options = common.loadOptions();
    String model = properties.model();
    return PropertyValues.loaded(
        common,
        () ->
            StringUtils.hasText(model)
                ? TextEmbedder.load(
                    ModelProperty.locate("spring.ai.modernbert.embedding.model", model), options)
                : TextEmbedder.bundled(options));
  }

  @Bean
  @ConditionalOnMissingBean
  ModernBertEmbeddingModel modernBertEmbeddingModel(
      TextEmbedder embedder,
      ModernBertEmbeddingProperties properties,
      ObjectProvider<ObservationRegistry> observationRegistry,
      ObjectProvider<EmbeddingModelObservationConvention> observationConvention) {
    ModernBertEmbeddingModel.Builder builder =
        ModernBertEmbeddingModel.builder(embedder)
            .options(properties.options(embedder))
            .queryPrompt(properties.queryPrompt())
            .documentPrompt(properties.documentPrompt())
            .metadataMode(properties.metadataMode());
    observationRegistry.ifUnique(builder::observationRegistry);
    observationConvention.ifAvailable(builder::observationConvention);
    return builder.build();
  }

  @Bean
  @ConditionalOnMissingBean
  BatchingStrategy modernBertBatchingStrategy() {
    return new ModernBertBatchingStrategy();
  }
}
