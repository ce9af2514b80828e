package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.tasks.ColBertReader;
import io.github.modernbert.tasks.Ranking;
import io.github.modernbert.tasks.ReadOptions;
import io.github.modernbert.tasks.Request;
import io.github.modernbert.tasks.TokenProjection;
import io.github.modernbert.tokenizer.Encoding;
import io.github.modernbert.weights.LateInteractionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes a vector for each token of queries and documents, and compares them token by token: late
 * interaction (ColBERT, arXiv:2004.12832), with the folders of PyLate and of {@code
 * MultiVectorEncoder} of sentence-transformers.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="colbert"}
 *
 * <p>Queries and documents are read differently: each kind has its own beginning and length,
 * queries may be filled up with mask tokens that get vectors as well, and vectors of punctuation
 * may be left out. Some models keep one vector for several similar tokens of a document ({@code
 * HierarchicalTokenPooling}); it counts as that of the first of them. Vectors have the same bits
 * alone and in any list, on any number of threads and with any kernels. Immutable and safe for use
 * by several threads; see {@link TaskModel}.
 */
public final class ColBert extends TaskModel {
  private static final ColBertOptions DEFAULTS = ColBertOptions.defaults();

  private final LateInteractionSettings settings;
  private final TokenProjection projection;
  private final ColBertReader queries;
  private final ColBertReader documents;

  private ColBert(Loaded loaded) {
    super(loaded);
    settings =
        LateInteractionSettings.read(model().settings().root(), model().config().hiddenSize());
    queries = ColBertReader.ofQueries(model(), settings);
    documents = ColBertReader.ofDocuments(model(), settings);
    projection = new TokenProjection(settings.steps(), model().backbone());
  }

  /** Like {@link #load(Path, LoadOptions)} with the default options. */
  public static ColBert load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a folder of PyLate or of sentence-transformers.
   *
   * @throws ModelFileException if a file is missing or cannot be used, or the model makes no
   *     vectors of tokens
   * @throws IllegalArgumentException if the demanded kernels are not installed
   * @throws UnsupportedOperationException if the demanded kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ColBert load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.LATE_INTERACTION, options, ColBert::new);
  }

  /** Like {@link #load(String, LoadOptions)} with the default options. */
  public static ColBert load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a folder, or a model by its name, such as {@code organisation/name}; see {@link
   * Models#locate(String)}.
   *
   * @throws IllegalArgumentException if there is neither, or as {@link #load(Path, LoadOptions)},
   *     whose other exceptions it has too
   */
  public static ColBert load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** How many dimensions the vector of a token has. */
  public int dimension() {
    return projection.dimension();
  }

  /**
   * The vectors of a query's tokens, with the default options: see {@link #encodeQueries(List,
   * ColBertOptions)}, whose exceptions it has.
   */
  public TokenEmbeddings encodeQuery(String query) {
    return model().one("query", query, encoding(queries, DEFAULTS), DEFAULTS.reading());
  }

  /**
   * The vectors of the tokens of queries, in their order.
   *
   * @throws IllegalArgumentException if the list or a query is null, or the options do not fit the
   *     model: a maximum length cannot be set for queries that are always filled up to the same one
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<TokenEmbeddings> encodeQueries(List<String> texts, ColBertOptions options) {
    return model().list("queries", texts, encoding(queries, options), options.reading());
  }

  /**
   * The vectors of the tokens of queries as they come, in their order.
   *
   * @throws IllegalArgumentException as {@link #encodeQueries(List, ColBertOptions)}, whose other
   *     exceptions it has too; some only when the result is read
   */
  public Stream<TokenEmbeddings> encodeQueries(Stream<String> texts, ColBertOptions options) {
    return model().stream("queries", texts, encoding(queries, options), options.reading());
  }

  /**
   * The vectors of a document's tokens, with the default options: see {@link #encodeDocuments(List,
   * ColBertOptions)}, whose exceptions it has.
   */
  public TokenEmbeddings encodeDocument(String document) {
    return model().one("document", document, encoding(documents, DEFAULTS), DEFAULTS.reading());
  }

  /**
   * The vectors of the tokens of documents, in their order.
   *
   * @throws IllegalArgumentException if the list or a document is null, the options do not fit the
   *     model, or a document is too long and the options say to refuse it
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<TokenEmbeddings> encodeDocuments(List<String> texts, ColBertOptions options) {
    return model().list("documents", texts, encoding(documents, options), options.reading());
  }

  /**
   * The vectors of the tokens of documents as they come, in their order. Documents are taken from
   * the stream in groups of some batches, when the result is asked for them, so memory does not
   * grow with their number.
   *
   * @throws IllegalArgumentException as {@link #encodeDocuments(List, ColBertOptions)}, whose other
   *     exceptions it has too; some only when the result is read
   */
  public Stream<TokenEmbeddings> encodeDocuments(Stream<String> texts, ColBertOptions options) {
    return model().stream("documents", texts, encoding(documents, options), options.reading());
  }

  /**
   * How well a document answers a query: for each vector of the query its largest product with a
   * vector of the document, all added up (MaxSim); if the model says so, divided by the number of
   * the query's vectors.
   */
  public float similarity(TokenEmbeddings query, TokenEmbeddings document) {
    double sum = Arguments.notNull(query, "query").maxSim(Arguments.notNull(document, "document"));
    return (float) (settings.meanOverQuery() ? sum / Math.max(1, query.size()) : sum);
  }

  /**
   * The documents that answer a query best, best first; of equal ones the earlier first.
   *
   * @param k from 1; more than there are documents gives all
   * @throws IllegalArgumentException if k is below 1, or a text or the list is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<Similarity.Hit> rank(String query, List<String> texts, int k) {
    Arguments.requirePositive("k", k);
    TokenEmbeddings wanted = encodeQuery(query);
    var hits = new ArrayList<Similarity.Hit>();
    try (Stream<TokenEmbeddings> vectors =
        encodeDocuments(Arguments.notNull(texts, "texts").stream(), DEFAULTS)) {
      vectors.forEachOrdered(
          document -> hits.add(new Similarity.Hit(hits.size(), similarity(wanted, document))));
    }
    hits.sort(Ranking.bestFirst(Similarity.Hit::score));
    return List.copyOf(hits.subList(0, Math.min(k, hits.size())));
  }

  private Function<String, Request<TokenEmbeddings, TokenEmbeddings>> encoding(
      ColBertReader reader, ColBertOptions options) {
    ReadOptions reading = Arguments.notNull(options, "options").reading();
    int maxLength = reader.maxLength(reading);
    return text -> {
      Encoding encoding = reader.encode(text, maxLength, reading);
      int[] ids = options.expandQueries() ? reader.ids(encoding) : encoding.ids();
      int[] scored = reader.scored(ids);
      Function<Matrix, TokenEmbeddings> vectors =
          hidden -> {
            var kept = reader.pool(scored, projection.apply(hidden, scored));
            return TokenEmbeddings.of(
                encoding,
                reader.prompt().length(),
                kept.tokens(),
                reader.addedToken(),
                kept.vectors());
          };
      int visible = reader.attendsToAdded() ? ids.length : encoding.length();
      return Request.of(ids, visible, vectors);
    };
  }

  @Override
  String steps() {
    return dimension()
        + " dimensions a token; query: %s; document: %s"
            .formatted(queries.describe(), documents.describe());
  }

  @Override
  Set<String> headTensors() {
    return Set.of();
  }
}
