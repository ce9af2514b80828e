package io.github.modernbert;

import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.folders.ModelCard;
import io.github.modernbert.folders.ModelSource;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.EmbeddingHead;
import io.github.modernbert.tasks.LateChunks;
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
 * <p>The texts of a call are computed in batches that the library forms, without padding. The bits
 * of a text's vector depend neither on the other texts nor on threads and kernels. The empty text
 * has a vector too, that of the special tokens alone. Lone surrogates count as U+FFFD.
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

  /**
   * Loads an embedding model with {@linkplain LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture or made for another task
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextEmbedder load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads an embedding model: a folder of sentence-transformers, or one with only {@code
   * config.json}, weights and {@code tokenizer.json}. Without {@code modules.json} the vector of a
   * text is the mean of its tokens (see {@link #poolingAssumed}), and a warning is logged.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture or made for another task
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextEmbedder load(Path folder, LoadOptions options) {
    Arguments.notNull(options, "options").beginToLoad();
    try (var source = ModelSource.of(Arguments.notNull(folder, "folder"))) {
      return load(source, options);
    }
  }

  /**
   * Loads an embedding model by name with {@linkplain LoadOptions#defaults default options}; see
   * {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture or made for another task
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static TextEmbedder load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads an embedding model by name; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model is of another
   *     architecture or made for another task
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static TextEmbedder load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /**
   * Loads the small English model of the artifact {@code modernbert-mini}, which gives vectors of
   * 384 dimensions and length 1, with {@linkplain LoadOptions#defaults default options}.
   *
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if that artifact is not on the class path or module path
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextEmbedder bundled() {
    return bundled(LoadOptions.defaults());
  }

  /**
   * Loads the small English model of the artifact {@code modernbert-mini}, which gives vectors of
   * 384 dimensions and length 1.
   *
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if that artifact is not on the class path or module path
   * @throws IllegalArgumentException if the options are null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static TextEmbedder bundled(LoadOptions options) {
    Arguments.notNull(options, "options").beginToLoad();
    try (ModelSource source = ModelSource.bundled()) {
      return load(source, options);
    }
  }

  static TextEmbedder load(ModelSource source, LoadOptions options) {
    return TaskModel.load(source, TextEmbedder::describe, options, TextEmbedder::new);
  }

  private static Description describe(Path folder) {
    SentenceTransformersFolder settings = SentenceTransformersFolder.read(folder, Models::locate);
    if (settings.modules().isEmpty() || settings.isReranker()) {
      ModelDescription.read(folder).require(Task.EMBEDDING);
      throw new ModelFileException(
          folder,
          "is a cross-encoder, which scores pairs of texts and has no vectors for them; "
              + Task.RERANKING.use());
    }
    return new Description(settings, () -> ModelDescription.read(folder).tasks());
  }

  /**
   * Computes the vector of a text with {@linkplain EmbedOptions#defaults default options}. With the
   * bundled model, {@code embed("Where is the bakery?")} gives 384 floats that begin with −0.00267,
   * 0.06567, −0.10177.
   *
   * @param text any text, which may be empty
   * @return the vector, of {@link #dimension} floats; the caller's own
   * @throws IllegalArgumentException if the text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public float[] embed(String text) {
    return embed(text, EmbedOptions.defaults());
  }

  /**
   * Computes the vector of a text.
   *
   * @param text any text, which may be empty
   * @param options prompt, dimensions, normalization and truncation
   * @return the vector, of {@link #dimension} floats unless the options ask for fewer; the caller's
   *     own
   * @throws IllegalArgumentException if an argument is null, the options do not fit the model, or
   *     the text is too long and the options refuse that
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
   * Computes the vectors of texts with {@linkplain EmbedOptions#defaults default options}.
   *
   * @param texts any number of texts; none give no vectors
   * @return a vector of {@link #dimension} floats for each text, in the order of the texts
   * @throws IllegalArgumentException if the list or a text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Embeddings embed(List<String> texts) {
    return embed(texts, EmbedOptions.defaults());
  }

  /**
   * Computes the vectors of texts.
   *
   * @param texts any number of texts; none give no vectors
   * @param options prompt, dimensions, normalization and truncation
   * @return a vector for each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
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
   * Computes the vectors of a stream of texts.
   *
   * <p>Texts are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a text are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of texts
   * @param options prompt, dimensions, normalization and truncation
   * @return a vector for each text, in the order of the texts
   * @throws IllegalArgumentException if an argument or a text is null, the options do not fit the
   *     model, or a text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<Embedding> embed(Stream<String> texts, EmbedOptions options) {
    return model().stream("texts", texts, new Call(options)::text, options.reading());
  }

  /**
   * Computes the vectors of pairs of texts, each pair read as one sequence. A prompt comes before
   * the first text. If a pair is too long, tokens are removed from the longer text first.
   *
   * @param pairs any number of pairs
   * @param options prompt, dimensions, normalization and truncation
   * @return a vector for each pair, in the order of the pairs
   * @throws IllegalArgumentException if an argument or a pair is null, the options do not fit the
   *     model, or a pair is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Embeddings embedPairs(List<TextPair> pairs, EmbedOptions options) {
    var call = new Call(options);
    return call.embeddings(model().list("pairs", pairs, call::pair, options.reading()));
  }

  /**
   * Computes the vectors of sequences of token ids, which are used unchanged: no prompt and no
   * special tokens are added.
   *
   * @param sequences token ids, special ones included; each sequence has from 1 to {@code
   *     max_position_embeddings} ids
   * @param options dimensions and normalization; prompt and truncation have no effect
   * @return a vector for each sequence, in their order
   * @throws IllegalArgumentException if an argument or a sequence is null, the options do not fit
   *     the model, or a sequence is empty, too long, or has an id that is not in the vocabulary
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Embeddings embedTokenIds(List<int[]> sequences, EmbedOptions options) {
    var call = new Call(options);
    return call.embeddings(model().list("sequences", sequences, call::tokenIds, options.reading()));
  }

  /**
   * Computes the vectors of a text's tokens with {@linkplain EmbedOptions#defaults default
   * options}. With the bundled model, {@code embedTokens("Where is the bakery?")} has 8 tokens:
   * {@code [CLS]}, {@code where}, {@code Ġis}, {@code Ġthe}, {@code Ġbak}, {@code ery}, {@code ?}
   * and {@code [SEP]}.
   *
   * @param text any text, which may be empty
   * @return the last hidden states: {@code hidden_size} floats for each token, special tokens
   *     included
   * @throws IllegalArgumentException if the text is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public TokenEmbeddings embedTokens(String text) {
    return embedTokens(text, EmbedOptions.defaults());
  }

  /**
   * Computes the vectors of a text's tokens.
   *
   * @param text any text, which may be empty
   * @param options prompt and truncation; dimensions and normalization have no effect
   * @return the last hidden states: {@code hidden_size} floats for each token, special tokens
   *     included
   * @throws IllegalArgumentException if an argument is null, the options do not fit the model, or
   *     the text is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public TokenEmbeddings embedTokens(String text, EmbedOptions options) {
    var call = new Call(options);
    return model().one("text", text, call::tokens, options.reading());
  }

  /**
   * The vectors of each text's tokens, in the order of the texts; see {@link #embedTokens(String,
   * EmbedOptions)}.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}, whose other exceptions
   *     it has too
   */
  public List<TokenEmbeddings> embedTokens(List<String> texts, EmbedOptions options) {
    var call = new Call(options);
    return model().list("texts", texts, call::tokens, options.reading());
  }

  /**
   * Computes the vectors of the tokens of sequences of token ids, which are used unchanged: no
   * prompt and no special tokens are added.
   *
   * @param sequences token ids, special ones included; each sequence has from 1 to {@code
   *     max_position_embeddings} ids
   * @param options none of them has an effect but the progress
   * @return the last hidden states of each sequence, in their order: {@code hidden_size} floats for
   *     each token, which stands in no text, so at −1
   * @throws IllegalArgumentException if an argument or a sequence is null, the options do not fit
   *     the model, or a sequence is empty, too long, or has an id that is not in the vocabulary
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<TokenEmbeddings> embedTokensOfIds(List<int[]> sequences, EmbedOptions options) {
    var call = new Call(options);
    return model().list("sequences", sequences, call::tokensOfIds, options.reading());
  }

  /**
   * The vectors of parts of a text, each with the whole text as its context: late chunking
   * (arXiv:2409.04701). The text is read once, and the vector of a part is what the model's pooling
   * makes of the hidden states of its tokens. Where the text is longer than the model takes, it is
   * read in windows that overlap.
   *
   * {@snippet file="io/github/modernbert/ChunkSnippetsTest.java" region="late-chunking"}
   *
   * <p>Hidden states of the whole text are held meanwhile: {@code tokens × hidden_size × 4} bytes.
   *
   * @param text read behind the prompt that the options name, which is in no part
   * @param chunks parts of the text, as {@link Chunker} makes them or any others; they may overlap
   * @return a vector for each part, with the number of its tokens
   * @throws IllegalArgumentException if an argument or a chunk is null, a chunk ends behind the
   *     text, no token stands in it, the options do not fit the model, or the model's vector is
   *     that of its first or last token, which parts do not have
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Embeddings embedChunks(String text, List<Chunk> chunks, EmbedOptions options) {
    Arguments.notNull(text, "text");
    List<Chunk> parts = Arguments.elements(chunks, "chunks");
    parts.forEach(chunk -> chunk.of(text));
    var call = new Call(options);
    if (!call.head.poolsEveryToken()) {
      throw new IllegalArgumentException(
          "chunks: the model's vector is that of one token (%s), which parts of a text do not have"
              .formatted(call.head.steps()));
    }
    if (parts.isEmpty()) {
      return call.embeddings(List.of());
    }
    LateChunks late = call.late(text, parts);
    int[] tokens = late.tokenCounts();
    List<float[]> vectors = model().one("text", text, same -> late, options.reading());
    return call.embeddings(
        IntStream.range(0, tokens.length)
            .mapToObj(i -> new Embedding(vectors.get(i), tokens[i], false))
            .toList());
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
      this.head = TaskRoute.choose(headsByTask, defaultHead(), options.prompt());
      this.prompt = model().prompt(options.prompt());
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

    Request<TokenEmbeddings, TokenEmbeddings> tokens(String text) {
      Encoding encoding = encode(text, null);
      int[] all = IntStream.range(0, encoding.length()).toArray();
      return Request.of(
          encoding.ids(),
          hidden ->
              TokenEmbeddings.of(encoding, prompt.length(), all, "", Vectors.results(hidden)));
    }

    Request<TokenEmbeddings, TokenEmbeddings> tokensOfIds(int[] given) {
      int[] ids = given.clone();
      return Request.of(
          ids,
          hidden -> {
            List<String> tokens =
                IntStream.of(ids).mapToObj(id -> tokenizer().idToToken(id).orElse("")).toList();
            return TokenEmbeddings.of(tokens, Vectors.results(hidden));
          });
    }

    Embeddings embeddings(List<Embedding> embeddings) {
      return new Embeddings(dimensions, embeddings);
    }

    LateChunks late(String text, List<Chunk> chunks) {
      return LateChunks.of(
          model().tokenizer(options.reading()),
          prompt,
          text,
          maxLength,
          chunks.stream().map(c -> new LateChunks.Span(c.start(), c.end())).toList(),
          (ids, hidden) -> head.apply(ids, hidden, 0, dimensions, options.normalize()));
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

  /** The number of floats of a vector, unless options ask for fewer. */
  public int dimension() {
    return dimension(head);
  }

  private int dimension(EmbeddingHead head) {
    return Math.min(settings.truncateDim().orElse(head.dimension()), head.dimension());
  }

  /**
   * The function that the model's vectors are meant to be compared with, {@code similarity_fn_name}
   * of {@code config_sentence_transformers.json}; cosine if the file names none.
   */
  public SimilarityFunction similarity() {
    return settings.similarity();
  }

  /**
   * Whether mean pooling was assumed because the folder has no {@code modules.json}, as the
   * reference does. Vectors are then poor if the model was trained with another pooling.
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
