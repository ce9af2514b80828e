package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.document.MetadataMode;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the embedding model, {@code spring.ai.modernbert.embedding}.
 *
 * {@snippet file="example.properties" region="embedding"}
 *
 * <p>Prompts most often end with a space, which is easily lost: escape it as here, or in YAML put
 * the prompt in quotes.
 *
 * @param model Folder or name of the model. The bundled one of modernbert-mini by default.
 * @param dimensions Dimensions of the vectors, for models trained so (Matryoshka). All by default.
 * @param maxLength Tokens of a text that are read at most. What the model takes by default.
 * @param truncate Whether texts that are too long are cut, or refused.
 * @param normalize Whether vectors are scaled to length 1 after everything that the model does.
 * @param queryPrompt Text to put before queries. The model's prompt named query by default.
 * @param documentPrompt Text to put before documents. The model's prompt named document by default.
 * @param metadataMode Metadata that is embedded with the text of a document.
 */
@ConfigurationProperties("spring.ai.modernbert.embedding")
public record ModernBertEmbeddingProperties(
    @Nullable String model,
    @Nullable Integer dimensions,
    @Nullable Integer maxLength,
    @DefaultValue("true") boolean truncate,
    @DefaultValue("false") boolean normalize,
    @Nullable String queryPrompt,
    @Nullable String documentPrompt,
    @DefaultValue("none") MetadataMode metadataMode) {

  /** The options of calls, which fit the model. */
  EmbedOptions options(TextEmbedder embedder) {
    Consumer<EmbedOptions> check = options -> embedder.embed(List.of(), options);
    EmbedOptions options = EmbedOptions.defaults().truncate(truncate).normalize(normalize);
    options =
        PropertyValues.fitting(
            options,
            dimensions,
            "spring.ai.modernbert.embedding.dimensions",
            EmbedOptions::dimensions,
            check);
    return PropertyValues.fitting(
        options,
        maxLength,
        "spring.ai.modernbert.embedding.max-length",
        EmbedOptions::maxLength,
        check);
  }
}
