package io.github.modernbert.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embeddings;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An embedding model that runs in the process, on any checkpoint that {@link TextEmbedder} loads.
 * It replaces an ONNX in-process model in one line, here with the model that is bundled in {@code
 * modernbert-mini} and, like all-MiniLM-L6-v2, gives 384 dimensions:
 *
 * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="in-process"}
 *
 * <p>A text is read whole, up to the model's maximum length (8192 tokens for most), and the vector
 * is the one that {@link TextEmbedder} gives, bit for bit. All texts of a request are computed
 * together in batches that are formed inside. The token usage counts what was read, special tokens
 * and prompts included.
 *
 * <p>Models made for retrieval want other prompts before queries than before documents. Say which
 * of both a text is by the request's {@link EmbeddingInputType}, which {@code
 * EmbeddingStoreIngestor} and {@code EmbeddingStoreContentRetriever} can set, or make a view of the
 * model by {@link #withInputType}:
 *
 * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="rag"}
 *
 * <p>Without an input type the options' prompt is used, by default the model's default prompt. Of
 * the other parameters a request may have {@code dimensions}, for models trained so (Matryoshka);
 * what is asked for beyond that, LangChain4j refuses.
 *
 * <p>Asynchronous calls are refused, as LangChain4j expects of a model that computes on the
 * caller's thread; its retriever takes {@code offloadBlocking(true)}.
 *
 * <p>Immutable and safe for use by several threads. Holds native memory until it is closed. A
 * loaded model that was handed in is the caller's to close.
 */
public final class ModernBertEmbeddingModel implements EmbeddingModel, AutoCloseable {
  private static final Set<EmbeddingParameter<?>> PARAMETERS =
      Set.of(EmbeddingRequestParameters.DIMENSIONS, EmbeddingRequestParameters.INPUT_TYPE);

  private final Settings settings;
  private final EmbeddingRequestParameters defaults;

  /**
   * The settings that the views of a model share.
   *
   * @param isOwned whether closing the embedding model closes the embedder
   */
  private record Settings(
      TextEmbedder embedder,
      boolean isOwned,
      EmbedOptions options,
      Map<EmbeddingInputType, String> prompts,
      int dimension,
      String modelName,
      List<EmbeddingModelListener> listeners) {}

  /**
   * Loads the model that is bundled in the artifact {@code modernbert-mini}.
   *
   * @throws io.github.modernbert.files.ModelFileException if that artifact is not there
   */
  public ModernBertEmbeddingModel() {
    this(builder());
  }

  /**
   * Loads a model with default options.
   *
   * @param model the path of a folder, or a name such as {@code organisation/name}; see {@link
   *     io.github.modernbert.Models#locate(String)}
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used
   * @throws IllegalArgumentException if there is no such folder or name, or it is null
   */
  public ModernBertEmbeddingModel(String model) {
    this(builder().model(requireGiven(model)));
  }

  /** To the builder, null is the bundled model. */
  private static String requireGiven(@Nullable String model) {
    if (model == null) {
      throw new IllegalArgumentException("model is null");
    }
    return model;
  }

  private ModernBertEmbeddingModel(Builder builder) {
    this(builder.settings(), EmbeddingRequestParameters.EMPTY);
  }

  private ModernBertEmbeddingModel(Settings settings, EmbeddingRequestParameters defaults) {
    this.settings = settings;
    this.defaults = defaults;
  }

  /** A builder for the bundled model with default options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A view of this model that takes texts to be of one type, unless a request says otherwise; for
   * callers that do not set the input type. The view shares everything with this model: closing
   * either closes both.
   *
   * @param type query or document
   * @return the view
   */
  public ModernBertEmbeddingModel withInputType(EmbeddingInputType type) {
    return new ModernBertEmbeddingModel(
        settings, EmbeddingRequestParameters.builder().inputType(type).build());
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    List<String> texts = request.inputs().stream().map(EmbeddingInput::text).toList();
    Embeddings embeddings = settings.embedder.embed(texts, options(request.parameters()));
    int tokens = IntStream.range(0, embeddings.size()).map(embeddings::tokens).sum();
    return EmbeddingResponse.builder()
        .embeddings(
            IntStream.range(0, embeddings.size())
                .mapToObj(i -> Embedding.from(embeddings.vector(i)))
                .toList())
        .modelName(modelName())
        .tokenUsage(new TokenUsage(tokens))
        .build();
  }

  private EmbedOptions options(EmbeddingRequestParameters parameters) {
    EmbedOptions options = settings.options;
    EmbeddingInputType type = parameters.inputType();
    if (type != null) {
      options = options.promptText(settings.prompts.getOrDefault(type, ""));
    }
    Integer dimensions = parameters.dimensions();
    return dimensions == null ? options : options.dimensions(dimensions);
  }

  @Override
  public EmbeddingRequestParameters defaultRequestParameters() {
    return defaults;
  }

  @Override
  public Set<EmbeddingParameter<?>> supportedParameters() {
    return PARAMETERS;
  }

  @Override
  public List<EmbeddingModelListener> listeners() {
    return settings.listeners;
  }

  /** The number of floats of a vector, unless a request asks for fewer. */
  @Override
  public int dimension() {
    return settings.dimension;
  }

  @Override
  public String modelName() {
    return settings.modelName;
  }

  /** An estimator that counts the tokens of this model, for document splitters. */
  public ModernBertTokenCountEstimator tokenCountEstimator() {
    return new ModernBertTokenCountEstimator(settings.embedder.tokenizer());
  }

  /** Closes the embedder, unless it was given to the builder: that one is the caller's to close. */
  @Override
  public void close() {
    if (settings.isOwned) {
      settings.embedder.close();
    }
  }

  /**
   * Builds an embedding model.
   *
   * {@snippet file="io/github/modernbert/langchain4j/SnippetsTest.java" region="builder"}
   */
  public static final class Builder {
    private @Nullable String model;
    private @Nullable TextEmbedder embedder;
    private LoadOptions loadOptions = LoadOptions.defaults();
    private EmbedOptions options = EmbedOptions.defaults();
    private @Nullable String queryPrompt;
    private @Nullable String documentPrompt;
    private @Nullable String modelName;
    private List<EmbeddingModelListener> listeners = List.of();

    private Builder() {}

    /**
     * Sets the model to load; the bundled one by default.
     *
     * @param nameOrFolder the path of a folder, or a name; null for the bundled model
     * @return this builder
     */
    public Builder model(@Nullable String nameOrFolder) {
      this.model = nameOrFolder;
      return this;
    }

    /**
     * Sets a loaded model, instead of one to load.
     *
     * @param loaded a model; the caller closes it, after the embedding model
     * @return this builder
     */
    public Builder embedder(TextEmbedder loaded) {
      this.embedder = loaded;
      return this;
    }

    /**
     * Sets threads, kernels, precision and memory of the model to load.
     *
     * @param value the options
     * @return this builder
     */
    public Builder loadOptions(LoadOptions value) {
      this.loadOptions = value;
      return this;
    }

    /**
     * Sets dimensions, maximum length, normalization, truncation, and the prompt of texts that have
     * no input type.
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
     * @param text the prompt; empty for none
     * @return this builder
     */
    public Builder queryPrompt(String text) {
      this.queryPrompt = text;
      return this;
    }

    /**
     * Sets the prompt put before documents, instead of the model's prompt named {@code document}.
     *
     * @param text the prompt; empty for none
     * @return this builder
     */
    public Builder documentPrompt(String text) {
      this.documentPrompt = text;
      return this;
    }

    /**
     * Sets the name of the model in responses and for listeners; by default the folder or name that
     * it was loaded from.
     *
     * @param name the name
     * @return this builder
     */
    public Builder modelName(String name) {
      this.modelName = name;
      return this;
    }

    /**
     * Sets the listeners, which are notified of each request, response and error.
     *
     * @param values the listeners, in the order in which they are called
     * @return this builder
     */
    public Builder listeners(List<EmbeddingModelListener> values) {
      this.listeners = List.copyOf(values);
      return this;
    }

    /**
     * Builds the embedding model, and loads the model unless one was given.
     *
     * @return the embedding model; the caller closes it
     * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used
     * @throws IllegalArgumentException if the options do not fit the model, or both a model to load
     *     and a loaded one are given
     */
    public ModernBertEmbeddingModel build() {
      return new ModernBertEmbeddingModel(this);
    }

    private Settings settings() {
      if (embedder != null && model != null) {
        throw new IllegalArgumentException("an embedder is given and the model " + model + " too");
      }
      TextEmbedder loaded = embedder == null ? load() : embedder;
      try {
        Map<String, String> prompts = loaded.info().prompts();
        return new Settings(
            loaded,
            embedder == null,
            options,
            Map.of(
                EmbeddingInputType.QUERY,
                queryPrompt == null ? prompts.getOrDefault("query", "") : queryPrompt,
                EmbeddingInputType.DOCUMENT,
                documentPrompt == null ? prompts.getOrDefault("document", "") : documentPrompt),
            loaded.embed(List.of(), options).dimension(),
            modelName == null ? loaded.info().source() : modelName,
            listeners);
      } catch (RuntimeException e) {
        if (embedder == null) {
          loaded.close();
        }
        throw e;
      }
    }

    private TextEmbedder load() {
      return model == null
          ? TextEmbedder.bundled(loadOptions)
          : TextEmbedder.load(model, loadOptions);
    }
  }
}
