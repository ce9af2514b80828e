package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.WeightType;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties for loading models, {@code spring.ai.modernbert}.
 *
 * {@snippet file="example.properties" region="loading"}
 *
 * @param threads Threads that work on one call at most. All processors by default.
 * @param kernels Kernels that compute the models: auto, codegen, vector or portable.
 * @param tokenBudget Tokens that are computed together at most, which bounds the memory of a call.
 * @param precision What the encoder's linear layers are computed in: float32 or int8.
 * @param weights How weights are kept in memory: float32 or bfloat16.
 */
@ConfigurationProperties("spring.ai.modernbert")
public record ModernBertProperties(
    @Nullable Integer threads,
    @DefaultValue("auto") KernelChoice kernels,
    @Nullable Integer tokenBudget,
    @DefaultValue("float32") Precision precision,
    @DefaultValue("float32") WeightType weights) {

  LoadOptions loadOptions() {
    LoadOptions options =
        LoadOptions.defaults().kernels(kernels).precision(precision).weights(weights);
    options =
        PropertyValues.positive(
            options, threads, "spring.ai.modernbert.threads", LoadOptions::threads);
    return PropertyValues.positive(
        options, tokenBudget, "spring.ai.modernbert.token-budget", LoadOptions::tokenBudget);
  }
}
