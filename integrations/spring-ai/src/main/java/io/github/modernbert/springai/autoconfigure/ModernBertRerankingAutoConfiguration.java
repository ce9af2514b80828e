package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.CrossEncoder;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.springai.ModernBertReranker;
import org.springframework.ai.rag.postretrieval.document.DocumentPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;

/** Makes a reranker where {@code spring.ai.modernbert.reranking.model} names a model. */
@AutoConfiguration
@ConditionalOnClass(DocumentPostProcessor.class)
@ConditionalOnProperty(ModernBertRerankingAutoConfiguration.MODEL)
@EnableConfigurationProperties({ModernBertProperties.class, ModernBertRerankingProperties.class})
public final class ModernBertRerankingAutoConfiguration {
  static final String MODEL = "spring.ai.modernbert.reranking.model";

  @Bean
  @ConditionalOnMissingBean
  CrossEncoder modernBertCrossEncoder(
      ModernBertProperties common, ModernBertRerankingProperties properties) {
    LoadOptions options = common.loadOptions();
    return PropertyValues.loaded(
        common, () -> CrossEncoder.load(ModelProperty.locate(MODEL, properties.model()), options));
  }

  @Bean
  @ConditionalOnMissingBean
  ModernBertReranker modernBertReranker(
      CrossEncoder encoder, ModernBertRerankingProperties properties) {
    if (encoder.labels().size() != 1) {
      throw new InvalidConfigurationPropertyValueException(
          MODEL,
          properties.model(),
          "a reranker needs a model with one label, this one has " + encoder.labels());
    }
    return new ModernBertReranker(encoder, properties.options(encoder));
  }
}
