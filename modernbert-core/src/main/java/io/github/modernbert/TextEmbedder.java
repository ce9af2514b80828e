package io.github.modernbert;

import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.folders.ModelCard;
import io.github.modernbert.folders.ModelSource;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.EmbeddingHead;
import io.github.modernbert.tasks.ReadOptions;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.TaskRoute;
import io.github.modernbert.tasks.TokenizedText;
import io.github.modernbert.tasks.Vectors;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.SentenceTransformersFolder;
import io.github.modernbert.weights.TaskRoutes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into vectors, as sentence-transformers does with the same folder.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="embed"}
 *
 * <p>Texts of a call are computed together in batches that are formed inside, without padding; the
 * vector of a text has the same bits whatever is computed with it, on any number of threads and
 * with any kernels. The empty text is a text like others: its vector is that of the special tokens
 * alone. Lone surrogates count as U+FFFD.
 *
 * <p>Immutable and safe for use by several threads, which share the model's worker threads. Holds
 * native memory until it is closed: the weights, and the activations of the batches under way,
 * which {@link LoadOptions#tokenBudget} bounds.
 *
 * <p>A call whose thread is interrupted ends with a {@link
 * java.util.concurrent.CancellationException}; the interrupted flag stays set.
 */
public final class TextEmbedder extends TaskModel {
  private final SentenceTransformersFolder settings;
  private final Map<String, EmbeddingHead> headsByTask = new HashMap<>();
  private final EmbeddingHead head;
  private final boolean hasDefaultRoute;

  private TextEmbedder(Loaded loaded) {
    super(loaded);
    settings = model().settings();
    head = new EmbeddingHead(settings.modules(), model().backbone());
    settings
        .routes()
        .ifPresent(routes ->
            routes
                .byTask()
                .forEach((task, modules) ->
                    headsByTask.put(task, new EmbeddingHead(modules, model().backbone()))));
    hasDefaultRoute = settings.routes().map(TaskRoutes::hasDefault).orElse(true);
    if (poolingAssumed()) {
      warn(
          "no modules.json says how tokens become a vector; their mean is taken, which is wrong for"
              + " models that were trained otherwise");
    }
    if (loaded.options().layers().isEmpty()) {
      ModelCard.lossForFewerLayers(settings.root())
          .ifPresent(loss ->
              inform(
                  "the model card names "
                      + loss
                      + ": the model may work with its first layers alone, see"
                      + " LoadOptions.layers"));
    }
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static TextEmbedder load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a model's folder: a sentence-transformers folder, or one with just {@code config.json},
   * weights and {@code tokenizer.json}, whose tokens are then averaged (see {@link
   * #poolingAssumed}); that is logged as a warning.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextEmbedder load(Path folder, LoadOptions options) {
    Arguments.notNull(options, "options");
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      return load(source, options);
    }
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static TextEmbedder load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static TextEmbedder load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** Like {@link #bundled(LoadOptions)} with the default options. */
  public static TextEmbedder bundled() {
    return bundled(LoadOptions.defaults());
  }

  /**
   * Loads the small English model of the artifact {@code modernbert-mini}.
   *
   * @throws ModelFileException if that artifact is not there
   */
  public static TextEmbedder bundled(LoadOptions options) {
    Arguments.notNull(options, "options");
    try (ModelSource source = ModelSource.bundled()) {
      return load(source, options);
    }
  }

  private static TextEmbedder load(ModelSource source, LoadOptions options) {
    return source.read(files -> load(files, source, options));
  }

  private static TextEmbedder load(Path folder, ModelSource source, LoadOptions options) {
    SentenceTransformersFolder settings = SentenceTransformersFolder.read(folder, Models::locate);
    if (settings.modules().isEmpty() || settings.isReranker()) {
      ModelDescription.read(folder).require(Task.EMBEDDING);
      throw new ModelFileException(
          folder,
          "is a cross-encoder, which scores pairs of texts and has no vectors for them; "
              + Task.RERANKING.use());
    }
    return TaskModel.load(
        source, () -> ModelDescription.read(folder).tasks(), settings, options, TextEmbedder::new);
  }

  /**
   * The vector of a text, the caller's own, with the default options: see {@link #embed(String,
   * EmbedOptions)}, whose exceptions it has.
   */
  public float[] embed(String text) {
    return embed(text, EmbedOptions.defaults());
  }

  /**
   * The vector of a text; the caller's own.
   *
   * @throws IllegalArgumentException if the text is null, the options do not fit the model, or the
   *     text is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public float[] embed(String text, EmbedOptions options) {
    var call = new Call(options);
    return model().one("text", text, call::text, options.reading()).vector();
  }

  /**
   * The vectors of texts, with the default options: see {@link #embed(List, EmbedOptions)}, whose
   * exceptions it has.
   */
  public Embeddings embed(List<String> texts) {
    return embed(texts, EmbedOptions.defaults());
  }

  /**
   * The vectors of texts, in their order. No texts give no vectors.
   *
   * @throws IllegalArgumentException if the list or a text is null, the options do not fit the
   *     model, or a text is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Embeddings embed(List<String> texts, EmbedOptions options) {
    var call = new Call(options);
    return call.embeddings(model().list("texts", texts, call::text, options.reading()));
  }

  /**
   * The vectors of texts as they come, in their order. Texts are taken from the stream in groups of
   * some batches, when the result is asked for them, so memory does not grow with their number.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}, whose other exceptions
   *     it has too; some only when the result is read
   */
  public Stream<Embedding> embed(Stream<String> texts, EmbedOptions options) {
    return model().stream("texts", texts, new Call(options)::text, options.reading());
  }

  /**
   * The vectors of pairs of texts, each pair read as one sequence; a prompt comes before the first
   * text, and of a pair that is too long the longer text is cut first.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}, whose other exceptions
   *     it has too
   */
  public Embeddings embedPairs(List<TextPair> pairs, EmbedOptions options) {
    var call = new Call(options);
    return call.embeddings(model().list("pairs", pairs, call::pair, options.reading()));
  }

  /**
   * The vectors of sequences of token ids, taken as they are: special tokens included, no prompt.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}, or if a sequence is
   *     empty or has an id that is not in the vocabulary
   */
  public Embeddings embedTokenIds(List<int[]> sequences, EmbedOptions options) {
    var call = new Call(options);
    return call.embeddings(model().list("sequences", sequences, call::tokenIds, options.reading()));
  }

  /**
   * The vectors of a text's tokens, with the default options: see {@link #embedTokens(String,
   * EmbedOptions)}, whose exceptions it has.
   */
  public TokenEmbeddings embedTokens(String text) {
    return embedTokens(text, EmbedOptions.defaults());
  }

  /**
   * The vectors of a text's tokens: the last hidden states, of {@code hidden_size} dimensions
   * whatever the options say.
   *
   * @throws IllegalArgumentException as {@link #embed(String, EmbedOptions)}, whose other
   *     exceptions it has too
   */
  public TokenEmbeddings embedTokens(String text, EmbedOptions options) {
    Arguments.notNull(text, "text");
    var call = new Call(options);
    Encoding encoding = call.encode(text, null);
    int[] all = IntStream.range(0, encoding.length()).toArray();
    float[][] vectors =
        model()
            .one(
                "text",
                encoding.ids(),
                ids -> Request.of(ids, Vectors::results),
                ReadOptions.DEFAULTS);
    return TokenEmbeddings.of(encoding, call.prompt.length(), all, "", vectors);
  }

  private Optional<EmbeddingHead> defaultHead() {
    return hasDefaultRoute ? Optional.of(head) : Optional.empty();
  }

  /** One call: its options, checked against the model, and what becomes of each input. */
  private final class Call {
    private final EmbedOptions options;
    private final EmbeddingHead head;
    private final String prompt;
    private final int dimensions;
    private final int maxLength;
    private final int promptTokens;

    Call(EmbedOptions options) {
      this.options = Arguments.notNull(options, "options");
      this.head = TaskRoute.choose(headsByTask, defaultHead(), options.promptName());
      this.prompt = model().prompt(options.promptName(), options.promptText());
      this.dimensions = options.dimensions().orElse(dimension(head));
      if (dimensions > head.dimension()) {
        throw new IllegalArgumentException(
            "dimensions: the model's vectors have %d, found %d"
                .formatted(head.dimension(), dimensions));
      }
      this.maxLength = model().maxLength(options.reading(), 1);
      this.promptTokens = model().tokenizer().promptTokens(prompt, maxLength);
    }

    Request<Embedding, Embedding> text(String text) {
      return embedded(tokenized(encode(text, null)));
    }

    Request<Embedding, Embedding> pair(TextPair pair) {
      return embedded(tokenized(encode(pair.first(), pair.second())));
    }

    Request<Embedding, Embedding> tokenIds(int[] ids) {
      return embedded(new TokenizedText(ids.clone(), 0, false));
    }

    Embeddings embeddings(List<Embedding> embeddings) {
      return new Embeddings(dimensions, embeddings);
    }

    /** The tokens of a text or a pair with the prompt. */
    Encoding encode(String first, @Nullable String second) {
      return model().encode(prompt + first, second, maxLength, options.reading());
    }

    private TokenizedText tokenized(Encoding encoding) {
      return new TokenizedText(encoding.ids(), promptTokens, encoding.isTruncated());
    }

    private Request<Embedding, Embedding> embedded(TokenizedText text) {
      return Request.of(
          text.ids(),
          hidden -> {
            float[] vector =
                head.apply(
                    text.ids(), hidden, text.promptTokens(), dimensions, options.normalize());
            return new Embedding(vector, text.ids().length, text.truncated());
          });
    }
  }

  /** How many dimensions vectors have, unless options say otherwise. */
  public int dimension() {
    return dimension(head);
  }

  private int dimension(EmbeddingHead head) {
    return Math.min(settings.truncateDim().orElse(head.dimension()), head.dimension());
  }

  /** How the model means its vectors to be compared. */
  public SimilarityFunction similarity() {
    return settings.similarity();
  }

  /**
   * Whether the folder says nothing of pooling (it has no {@code modules.json}) and the mean is
   * taken as the reference does; vectors of a model trained otherwise are then poor.
   */
  public boolean poolingAssumed() {
    return !settings.hasModules();
  }

  @Override
  String steps() {
    return TaskRoute.describe(headsByTask, Optional.of(head), EmbeddingHead::steps);
  }

  @Override
  Set<String> headTensors() {
    return Set.of();
  }
}
