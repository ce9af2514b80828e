package io.github.modernbert.springai;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.TextEmbedder;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;

/**
 * An embedding model that runs in the process, on any checkpoint that {@link TextEmbedder} loads.
 *
 * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="store"}
 *
 * <p>Models made for retrieval want other prompts before queries than before documents. As vector
 * stores use the interface, a {@link Document} is a document, and a text without one is a query: it
 * gets the prompt for queries. To embed plain texts as documents, or with another prompt, give it
 * in {@link ModernBertEmbeddingOptions}. Prompts are by default those that the model's files name
 * {@code query} and {@code document}, most often none.
 *
 * <p>Vectors are those that {@link TextEmbedder} gives, bit for bit. All texts of a request are
 * computed together in batches that are formed inside. The usage counts the tokens that were read,
 * special tokens and prompts included. A request may ask for fewer dimensions; one that asks for
 * another model is refused.
 *
 * <p>Each request is observed like those of Spring AI's own models ({@code gen_ai.client.operation}
 * with the provider {@code modernbert}).
 *
 * <p>Immutable and safe for use by several threads. The embedder is the caller's to close.
 */
public final class ModernBertEmbeddingModel implements EmbeddingModel {
  /**
   * The name of the provider in observations, and the value of {@code spring.ai.model.embedding}.
   */
  public static final String PROVIDER = "modernbert";

  private static final EmbeddingModelObservationConvention CONVENTION =
      new DefaultEmbeddingModelObservationConvention();

  private final TextEmbedder embedder;
  private final EmbedOptions options;
  private final String queryPrompt;
  private final String documentPrompt;
  private final int dimensions;
  private final String modelName;
  private final MetadataMode metadataMode;
  private final ObservationRegistry observations;
  private final EmbeddingModelObservationConvention convention;

  /**
   * Makes an embedding model with default options that is not observed.
   *
   * @param embedder a loaded model; the caller closes it
   */
  public ModernBertEmbeddingModel(TextEmbedder embedder) {
    this(builder(embedder));
  }

  private ModernBertEmbeddingModel(Builder builder) {
    embedder = builder.embedder;
    options = builder.options;
    queryPrompt = prompt(builder.queryPrompt, "query");
    documentPrompt = prompt(builder.documentPrompt, "document");
    dimensions = embedder.embed(List.of(), options).dimension();
    modelName = builder.modelName == null ? embedder.info().source() : builder.modelName;
    metadataMode = builder.metadataMode;
    observations = builder.observations;
    convention = builder.convention;
  }

  private String prompt(@Nullable String given, String name) {
    return given == null ? embedder.info().prompts().getOrDefault(name, "") : given;
  }

  /**
   * A builder with the default options of a loaded model.
   *
   * @param embedder a loaded model; the caller closes it
   */
  public static Builder builder(TextEmbedder embedder) {
    return new Builder(embedder);
  }

  /**
   * Computes the vectors of texts.
   *
   * @param request texts and options
   * @return a vector for each text, in the order of the texts
   * @throws IllegalArgumentException if a text is null, the options do not fit the model or ask for
   *     another one, or a text is too long and the options say to refuse it
   * @throws IllegalStateException if the embedder is closed
   */
  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    var asked = ModernBertEmbeddingOptions.complete(request.getOptions(), modelName, queryPrompt);
    var context =
        EmbeddingModelObservationContext.builder()
            .embeddingRequest(new EmbeddingRequest(request.getInstructions(), asked))
            .provider(PROVIDER)
            .build();
    return EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
        .observation(convention, CONVENTION, () -> context, observations)
        .observe(() -> {
          EmbeddingResponse response = embed(request.getInstructions(), asked);
          context.setResponse(response);
          return response;
        });
  }

  private EmbeddingResponse embed(List<String> texts, ModernBertEmbeddingOptions asked) {
    if (!modelName.equals(asked.model())) {
      throw new IllegalArgumentException(
          "this model is '%s', the request asks for '%s'".formatted(modelName, asked.model()));
    }
    EmbedOptions chosen = asked.prompt() == null ? options : options.promptText(asked.prompt());
    Integer count = asked.dimensions();
    Embeddings embeddings =
        embedder.embed(texts, count == null ? chosen : chosen.dimensions(count));
    int tokens = IntStream.range(0, embeddings.size()).map(embeddings::tokens).sum();
    return new EmbeddingResponse(
        IntStream.range(0, embeddings.size())
            .mapToObj(i -> new Embedding(embeddings.vector(i), i))
            .toList(),
        new EmbeddingResponseMetadata(modelName, new DefaultUsage(tokens, 0, tokens)));
  }

  @Override
  public float[] embed(Document document) {
    return embed(List.of(document), null, new ModernBertBatchingStrategy()).getFirst();
  }

  @Override
  public List<float[]> embed(
      List<Document> documents,
      @Nullable EmbeddingOptions documentOptions,
      BatchingStrategy batchingStrategy) {
    return EmbeddingModel.super.embed(
        documents,
        ModernBertEmbeddingOptions.complete(documentOptions, null, documentPrompt),
        batchingStrategy);
  }

  /**
   * The text of a document that is embedded: its text alone, or formatted by its formatter with the
   * metadata that the metadata mode includes.
   *
   * @param document a document with text
   * @throws IllegalArgumentException if the document has no text
   */
  @Override
  public String getEmbeddingContent(Document document) {
    String text = document.getText();
    if (text == null) {
      throw new IllegalArgumentException(
          "document '%s' has no text, and other media cannot be embedded"
              .formatted(document.getId()));
    }
    // Spring AI's formatter would put two line ends where no metadata is.
    return metadataMode == MetadataMode.NONE ? text : document.getFormattedContent(metadataMode);
  }

  /** The number of floats of a vector, unless a request asks for fewer. */
  @Override
  public int dimensions() {
    return dimensions;
  }

  /**
   * Builds an embedding model.
   *
   * {@snippet file="io/github/modernbert/springai/SnippetsTest.java" region="builder"}
   */
  public static final class Builder {
    private final TextEmbedder embedder;
    private EmbedOptions options = EmbedOptions.defaults();
    private @Nullable String queryPrompt;
    private @Nullable String documentPrompt;
    private @Nullable String modelName;
    private MetadataMode metadataMode = MetadataMode.NONE;
    private ObservationRegistry observations = ObservationRegistry.NOOP;
    private EmbeddingModelObservationConvention convention = CONVENTION;

    private Builder(TextEmbedder embedder) {
      this.embedder = embedder;
    }

    /**
     * Sets dimensions, maximum length, normalization and truncation; a prompt among the options is
     * not used.
     *
     * @param value the options
     * @return this builder
     */
    public Builder options(EmbedOptions value) {
      this.options = value;
      return this;
    }

    /**
     * Sets the prompt put before queries, instead of the model's prompt named {@code query}.
     *
     * @param text the prompt; empty for none, null for the model's
     * @return this builder
     */
    public Builder queryPrompt(@Nullable String text) {
      this.queryPrompt = text;
      return this;
    }

    /**
     * Sets the prompt put before documents, instead of the model's prompt named {@code document}.
     *
     * @param text the prompt; empty for none, null for the model's
     * @return this builder
     */
    public Builder documentPrompt(@Nullable String text) {
      this.documentPrompt = text;
      return this;
    }

    /**
     * Sets the name of the model in responses and observations; by default the folder or name that
     * it was loaded from.
     *
     * @param name the name; null for the default
     * @return this builder
     */
    public Builder modelName(@Nullable String name) {
      this.modelName = name;
      return this;
    }

    /**
     * Sets the metadata that is embedded with a document's text; by default none.
     *
     * @param mode the kinds of metadata to include
     * @return this builder
     */
    public Builder metadataMode(MetadataMode mode) {
      this.metadataMode = mode;
      return this;
    }

    /**
     * Sets the registry in which requests are observed; by default they are not observed.
     *
     * @param registry the registry
     * @return this builder
     */
    public Builder observationRegistry(ObservationRegistry registry) {
      this.observations = registry;
      return this;
    }

    /**
     * Sets the convention for observations of requests, instead of Spring AI's default.
     *
     * @param value the convention
     * @return this builder
     */
    public Builder observationConvention(EmbeddingModelObservationConvention value) {
      this.convention = value;
      return this;
    }

    /**
     * Builds the embedding model.
     *
     * @return the embedding model; the embedder remains the caller's to close
     * @throws IllegalArgumentException if the options do not fit the embedder
     */
    public ModernBertEmbeddingModel build() {
      return new ModernBertEmbeddingModel(this);
    }
  }
}
