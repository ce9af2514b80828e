package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.TextEmbedder;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.CompositeHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/**
 * Reports the health of the loaded embedders, unless {@code management.health.modernbert.enabled}
 * is false.
 */
@AutoConfiguration(after = ModernBertEmbeddingAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(TextEmbedder.class)
@ConditionalOnEnabledHealthIndicator("modernbert")
public final class ModernBertHealthContributorAutoConfiguration
    extends CompositeHealthContributorConfiguration<ModernBertHealthIndicator, TextEmbedder> {
  /** For Spring. */
  public ModernBertHealthContributorAutoConfiguration() {
    super(ModernBertHealthIndicator::new);
  }

  @Bean
  @ConditionalOnMissingBean(name = {"modernBertHealthIndicator", "modernBertHealthContributor"})
  HealthContributor modernBertHealthContributor(ConfigurableListableBeanFactory beanFactory) {
    return createContributor(beanFactory, TextEmbedder.class);
  }
}
