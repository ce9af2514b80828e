/**
 * Auto-configuration for Spring Boot. With this jar on the class path an application has a {@link
 * io.github.modernbert.springai.ModernBertEmbeddingModel} of the bundled model, if {@code
 * modernbert-mini} is there too, or of the one that its properties name:
 *
 * {@snippet file="example.properties" region="embedding"}
 *
 * <p>If other embedding models are on the class path, choose this one as Spring AI has it:
 *
 * {@snippet file="example.properties" region="choice"}
 *
 * <p>See {@link io.github.modernbert.springai.autoconfigure.ModernBertProperties}, {@link
 * io.github.modernbert.springai.autoconfigure.ModernBertEmbeddingProperties} and {@link
 * io.github.modernbert.springai.autoconfigure.ModernBertRerankingProperties} for all properties.
 * Models are closed with the application context.
 */
@NullMarked
package io.github.modernbert.springai.autoconfigure;

import org.jspecify.annotations.NullMarked;
