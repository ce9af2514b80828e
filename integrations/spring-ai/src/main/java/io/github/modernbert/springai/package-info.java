/**
 * Spring AI's models on ModernBERT, in process: {@link
 * io.github.modernbert.springai.ModernBertEmbeddingModel} and {@link
 * io.github.modernbert.springai.ModernBertReranker}. In a Spring Boot application {@link
 * io.github.modernbert.springai.autoconfigure} makes beans of them.
 *
 * <p>The jar names its module in the manifest and has no module descriptor: Spring AI's jars name
 * none, and names made from file names are not to be relied on in what is published. A named module
 * that uses it also requires {@code io.github.modernbert.core}.
 */
@NullMarked
package io.github.modernbert.springai;

import org.jspecify.annotations.NullMarked;
