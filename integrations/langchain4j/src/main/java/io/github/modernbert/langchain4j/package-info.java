/**
 * LangChain4j's models on ModernBERT, in process: {@link
 * io.github.modernbert.langchain4j.ModernBertEmbeddingModel} and {@link
 * io.github.modernbert.langchain4j.ModernBertScoringModel}.
 *
 * <p>The jar names its module in the manifest and has no module descriptor: LangChain4j's jars name
 * none, and names made from file names are not to be relied on in what is published. A named module
 * that uses it also requires {@code io.github.modernbert.core}, and {@code org.slf4j} for
 * LangChain4j.
 */
@NullMarked
package io.github.modernbert.langchain4j;

import org.jspecify.annotations.NullMarked;
