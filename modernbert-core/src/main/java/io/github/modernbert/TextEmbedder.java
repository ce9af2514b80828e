package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.tasks.EmbeddingHead;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.EmbeddingModule;
import io.github.modernbert.weights.SentenceTransformersFolder;
import io.github.modernbert.weights.SimilarityFunction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  private final EmbeddingHead head;
  private final EmbeddingRun.Setup setup;

  private TextEmbedder(LoadedModel model) {
    super(model);
    settings = model.settings();
    head = new EmbeddingHead(settings.modules(), model.backbone());
    setup = new EmbeddingRun.Setup(model, head);
    if (poolingAssumed()) {
      model.warn(
          "no modules.json says how tokens become a vector; their mean is taken, which is wrong for"
              + " models that were trained otherwise");
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
   * @throws IllegalArgumentException if there are no kernels of the demanded name
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   */
  public static TextEmbedder load(Path folder, LoadOptions options) {
    Arguments.notNull(folder, "folder");
    return load(folder, folder.toString(), Arguments.notNull(options, "options"));
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
    try (BundledModel files = BundledModel.unpack()) {
      return load(files.folder(), BundledModel.NAME, options);
    }
  }

  private static TextEmbedder load(Path folder, String source, LoadOptions options) {
    SentenceTransformersFolder settings = SentenceTransformersFolder.read(folder);
    if (settings.modules().isEmpty()) {
      ModelDescription.read(folder).require(Task.EMBEDDING);
      throw new ModelFileException(
          folder,
          "is a cross-encoder, which scores pairs of texts and has no vectors for them; "
              + Task.RERANKING.use());
    }
    return LoadedModel.load(source, settings, options, TextEmbedder::new);
  }

  /** The vector of a text, with the default options; the caller's own. */
  public float[] embed(String text) {
    return embed(text, EmbedOptions.defaults());
  }

  /**
   * The vector of a text; the caller's own.
   *
   * @throws IllegalArgumentException if the text is null or the options do not fit the model
   * @throws IllegalStateException if the model is closed
   */
  public float[] embed(String text, EmbedOptions options) {
    Arguments.notNull(text, "text");
    return run(options).texts(List.of(text).iterator()).next().vector();
  }

  /** The vectors of texts, with the default options. */
  public Embeddings embed(List<String> texts) {
    return embed(texts, EmbedOptions.defaults());
  }

  /**
   * The vectors of texts, in their order. No texts give no vectors.
   *
   * @throws IllegalArgumentException if the list or a text is null, the options do not fit the
   *     model, or a text is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   */
  public Embeddings embed(List<String> texts, EmbedOptions options) {
    return collect(options, run -> run.texts(Arguments.notNull(texts, "texts").iterator()));
  }

  /**
   * The vectors of texts as they come, in their order. Texts are taken from the stream in groups of
   * some batches, when the result is asked for them, so memory does not grow with their number.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}, some of it only when
   *     the result is read
   */
  public Stream<Embedding> embed(Stream<String> texts, EmbedOptions options) {
    Arguments.notNull(texts, "texts");
    return LoadedModel.stream(run(options).texts(texts.iterator())).onClose(texts::close);
  }

  /**
   * The vectors of pairs of texts, each pair read as one sequence; a prompt comes before the first
   * text, and of a pair that is too long the longer text is cut first.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}
   */
  public Embeddings embedPairs(List<TextPair> pairs, EmbedOptions options) {
    return collect(options, run -> run.pairs(Arguments.notNull(pairs, "pairs").iterator()));
  }

  /**
   * The vectors of sequences of token ids, taken as they are: special tokens included, no prompt.
   *
   * @throws IllegalArgumentException as {@link #embed(List, EmbedOptions)}, or if a sequence is
   *     empty or has an id that is not in the vocabulary
   */
  public Embeddings embedTokenIds(List<int[]> sequences, EmbedOptions options) {
    return collect(
        options, run -> run.tokenIds(Arguments.notNull(sequences, "sequences").iterator()));
  }

  /** The vectors of a text's tokens, with the default options. */
  public TokenEmbeddings embedTokens(String text) {
    return embedTokens(text, EmbedOptions.defaults());
  }

  /**
   * The vectors of a text's tokens: the last hidden states, of {@code hidden_size} dimensions
   * whatever the options say.
   *
   * @throws IllegalArgumentException as {@link #embed(String, EmbedOptions)}
   */
  public TokenEmbeddings embedTokens(String text, EmbedOptions options) {
    Arguments.notNull(text, "text");
    EmbeddingRun run = run(options);
    Encoding encoding = run.encode(text);
    int[] all = IntStream.range(0, encoding.length()).toArray();
    float[][] vectors = setup.tokenVectors(encoding.ids());
    return TokenEmbeddings.of(encoding, run.prompt().length(), all, "", vectors);
  }

  private EmbeddingRun run(EmbedOptions options) {
    return new EmbeddingRun(setup, Arguments.notNull(options, "options"));
  }

  private Embeddings collect(
      EmbedOptions options, Function<EmbeddingRun, Iterator<Embedding>> start) {
    EmbeddingRun run = run(options);
    var results = new ArrayList<Embedding>();
    start.apply(run).forEachRemaining(results::add);
    return new Embeddings(run.dimensions(), results);
  }

  /** How many dimensions vectors have, unless options say otherwise. */
  public int dimension() {
    return setup.dimensions();
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
    return settings.modules().stream()
        .map(TextEmbedder::describe)
        .collect(Collectors.joining(", "));
  }

  @Override
  Set<String> headTensors() {
    return Set.of();
  }

  private static String describe(EmbeddingModule module) {
    return switch (module) {
      case EmbeddingModule.Pooling pooling ->
          pooling.modes().stream().map(m -> m.key()).collect(Collectors.joining(" + "))
              + " pooling"
              + (pooling.includePrompt() ? "" : " without the prompt");
      case EmbeddingModule.Dense dense ->
          "dense %d to %d".formatted(dense.inFeatures(), dense.outFeatures());
      case EmbeddingModule.Normalize normalize -> "normalize";
    };
  }
}
