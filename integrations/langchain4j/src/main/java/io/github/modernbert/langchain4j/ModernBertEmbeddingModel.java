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
 * <p>Immutable and safe for use by several threads. Holds native memory until it is closed.
 */
public final class ModernBertEmbeddingModel implements EmbeddingModel, AutoCloseable {
  private static final Set<EmbeddingParameter<?>> PARAMETERS =
      Set.of(EmbeddingRequestParameters.DIMENSIONS, EmbeddingRequestParameters.INPUT_TYPE);

  private final Settings settings;
  private final EmbeddingRequestParameters defaults;

  /** The settings that the views of a model share. */
  private record Settings(
      TextEmbedder embedder,
      EmbedOptions options,
      Map<EmbeddingInputType, String> prompts,
      int dimension,
      String modelName,
      List<EmbeddingModelListener> listeners) {}

  /**
   * The model that is bundled in the artifact {@code modernbert-mini}.
   *
   * @throws io.github.modernbert.files.ModelFileException if that artifact is not there
   */
  public ModernBertEmbeddingModel() {
    this(builder());
  }

  /**
   * The model in a folder or of a name (see {@link io.github.modernbert.Models#locate(String)}),
   * with the default options.
   *
   * @param model the folder's path, or a name such as {@code organisation/name}
   * @throws io.github.modernbert.files.ModelFileException if a file is missing or cannot be used
   * @throws IllegalArgumentException if there is no such folder or name, or it is null
   */
  public ModernBertEmbeddingModel(String model) {
    // Not by the builder's model, where null is the bundled one.
    this(builder().embedder(TextEmbedder.load(model)));
  }

  private ModernBertEmbeddingModel(Builder builder) {
    this(builder.settings(), EmbeddingRequestParameters.EMPTY);
  }

  private ModernBertEmbeddingModel(Settings settings, EmbeddingRequestParameters defaults) {
    this.settings = settings;
    this.defaults = defaults;
  }

  /** Starts with the bundled model and default options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The same model taking texts to be of this type, unless a request says otherwise; for users of
   * embedding models that do not say it. Shares everything with this one: closing either closes
   * both.
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

  /** How many dimensions vectors have, unless a request says otherwise. */
  @Override
  public int dimension() {
    return settings.dimension;
  }

  @Override
  public String modelName() {
    return settings.modelName;
  }

  /** Counts tokens as this model does, for document splitters. */
  public ModernBertTokenCountEstimator tokenCountEstimator() {
    return new ModernBertTokenCountEstimator(settings.embedder.tokenizer());
  }

  /** Closes the embedder, also one that was given to the builder. */
  @Override
  public void close() {
    settings.embedder.close();
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

    /** The folder or the name of the model to load; the bundled model without one. */
    public Builder model(@Nullable String nameOrFolder) {
      this.model = nameOrFolder;
      return this;
    }

    /** A model that is loaded already, instead of one to load. */
    public Builder embedder(TextEmbedder loaded) {
      this.embedder = loaded;
      return this;
    }

    /** Threads, kernels, precision and memory of the model to load. */
    public Builder loadOptions(LoadOptions value) {
      this.loadOptions = value;
      return this;
    }

    /**
     * Dimensions, maximum length, normalisation, what to do with texts that are too long, and the
     * prompt of texts that have no input type.
     */
    public Builder options(EmbedOptions value) {
      this.options = value;
      return this;
    }

    /** Sets the prompt put before queries, instead of the model's prompt named {@code query}. */
    public Builder queryPrompt(String text) {
      this.queryPrompt = text;
      return this;
    }

    /**
     * Sets the prompt put before documents, instead of the model's prompt named {@code document}.
     */
    public Builder documentPrompt(String text) {
      this.documentPrompt = text;
      return this;
    }

    /**
     * Sets the name of the model in responses and for listeners, by default where it was loaded
     * from.
     */
    public Builder modelName(String name) {
      this.modelName = name;
      return this;
    }

    /** Told of each request, response and error. */
    public Builder listeners(List<EmbeddingModelListener> values) {
      this.listeners = List.copyOf(values);
      return this;
    }

    /**
     * Loads the model, unless one was given.
     *
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
