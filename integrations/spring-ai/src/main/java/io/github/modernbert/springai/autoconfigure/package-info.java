/**
 * Auto-configuration for Spring Boot. With this jar on the class path an application has a {@link
 * io.github.modernbert.springai.ModernBertEmbeddingModel} of the bundled model, if {@code
 * modernbert-mini} is there too, or of the one that its properties name:
 *
 * {@snippet lang="properties" :
 * # if other embedding models are on the class path
 * spring.ai.model.embedding=modernbert
 * spring.ai.modernbert.embedding.model=/models/gte-modernbert-base
 * spring.ai.modernbert.reranking.model=/models/gte-reranker-modernbert-base
 * }
 *
 * <p>See {@link io.github.modernbert.springai.autoconfigure.ModernBertProperties}, {@link
 * io.github.modernbert.springai.autoconfigure.ModernBertEmbeddingProperties} and {@link
 * io.github.modernbert.springai.autoconfigure.ModernBertRerankingProperties} for all properties.
 * Models are closed with the application context.
 */
@NullMarked
package io.github.modernbert.springai.autoconfigure;

import org.jspecify.annotations.NullMarked;
