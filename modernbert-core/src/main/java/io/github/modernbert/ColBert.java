package io.github.modernbert;

import io.github.modernbert.files.ModelFileException;
import io.github.modernbert.files.RegularFiles;
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
 * Turns each token of queries and documents into a vector, and compares them token by token: late
 * interaction (ColBERT, arXiv:2004.12832). Reads models saved by PyLate and by {@code
 * MultiVectorEncoder} of sentence-transformers.
 *
 * {@snippet file="io/github/modernbert/TokenSnippetsTest.java" region="colbert"}
 *
 * <p>Queries and documents are encoded differently: each kind has its own prefix and length,
 * queries may be expanded by mask tokens that get vectors as well, and vectors of punctuation may
 * be left out of documents. Some models keep one vector for several similar tokens of a document
 * ({@code HierarchicalTokenPooling}); it counts as that of the first of them. Vectors have the same
 * bits alone and in any list, on any number of threads and with any kernels. Immutable and safe for
 * use by several threads; see {@link TaskModel}.
 */
public final class ColBert extends TaskModel {
  private static final ColBertOptions DEFAULTS = ColBertOptions.defaults();

  private static final String SETTINGS = "config_sentence_transformers.json";

  private final LateInteractionSettings settings;
  private final TokenProjection projection;
  private final ColBertReader queries;
  private final ColBertReader documents;

  ColBert(Loaded loaded) {
    super(loaded);
    settings =
        LateInteractionSettings.read(model().settings().root(), model().config().hiddenSize());
    queries = ColBertReader.ofQueries(model(), settings);
    documents = ColBertReader.ofDocuments(model(), settings);
    projection = new TokenProjection(settings.steps(), model().backbone());
    if (!RegularFiles.exists(model().settings().root().resolve(SETTINGS))) {
      warn(
          "no "
              + SETTINGS
              + " says how queries and documents are told apart, how long they are and how queries"
              + " are expanded; the usual values are taken, which are wrong for models that were"
              + " trained otherwise");
    }
  }

  /**
   * Loads a late-interaction model, saved by PyLate or sentence-transformers, with {@linkplain
   * LoadOptions#defaults default options}.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no vectors
   *     of tokens
   * @throws IllegalArgumentException if the folder is null
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ColBert load(Path folder) {
    return load(folder, LoadOptions.defaults());
  }

  /**
   * Loads a late-interaction model, saved by PyLate or sentence-transformers.
   *
   * @param folder a folder that holds config.json, weights and tokenizer.json
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no vectors
   *     of tokens
   * @throws IllegalArgumentException if an argument is null, the chosen kernels are not installed,
   *     or the model has fewer layers than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static ColBert load(Path folder, LoadOptions options) {
    return TaskModel.load(folder, Task.LATE_INTERACTION, options, ColBert::new);
  }

  /**
   * Loads a late-interaction model, saved by PyLate or sentence-transformers, by name with
   * {@linkplain LoadOptions#defaults default options}; see {@link Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no vectors
   *     of tokens
   * @throws IllegalArgumentException if the argument is null, or there is neither such a folder nor
   *     a model of that name
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ColBert load(String nameOrFolder) {
    return load(nameOrFolder, LoadOptions.defaults());
  }

  /**
   * Loads a late-interaction model, saved by PyLate or sentence-transformers, by name; see {@link
   * Models#locate(String)}.
   *
   * @param nameOrFolder the path of a folder, or a name that an installed {@link ModelLocator}
   *     knows, such as {@code organisation/name}
   * @param options threads, kernels, precision and memory of the model
   * @return the loaded model; the caller closes it
   * @throws ModelFileException if a file is missing or cannot be used, or the model has no vectors
   *     of tokens
   * @throws IllegalArgumentException if an argument is null, there is neither such a folder nor a
   *     model of that name, the chosen kernels are not installed, or the model has fewer layers
   *     than the options ask for
   * @throws UnsupportedOperationException if the chosen kernels cannot run here
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws RuntimeException as the locator defines it, if it knows the name and cannot provide the
   *     model
   */
  public static ColBert load(String nameOrFolder, LoadOptions options) {
    return load(Models.locate(nameOrFolder), options);
  }

  /** The number of floats of a token's vector. */
  public int dimension() {
    return projection.dimension();
  }

  /**
   * Computes the vectors of a query's tokens with {@linkplain ColBertOptions#defaults default
   * options}.
   *
   * @param query any text
   * @return {@link #dimension} floats for each token, expansion included
   * @throws IllegalArgumentException if the query is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public TokenEmbeddings encodeQuery(String query) {
    return model().one("query", query, encoding(queries, DEFAULTS), DEFAULTS.reading());
  }

  /**
   * Computes the vectors of the tokens of queries.
   *
   * @param texts any number of queries
   * @param options expansion of queries, and truncation
   * @return the vectors of each query, in the order of the queries
   * @throws IllegalArgumentException if an argument or a query is null, or the options do not fit
   *     the model: a maximum length cannot be set for queries that are always expanded to one
   *     length
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<TokenEmbeddings> encodeQueries(List<String> texts, ColBertOptions options) {
    return model().list("queries", texts, encoding(queries, options), options.reading());
  }

  /**
   * Computes the vectors of the tokens of a stream of queries.
   *
   * <p>Queries are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a query are thrown then. Read
   * the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of queries
   * @param options expansion of queries, and truncation
   * @return the vectors of each query, in the order of the queries
   * @throws IllegalArgumentException if an argument or a query is null, or the options do not fit
   *     the model: a maximum length cannot be set for queries that are always expanded to one
   *     length
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<TokenEmbeddings> encodeQueries(Stream<String> texts, ColBertOptions options) {
    return model().stream("queries", texts, encoding(queries, options), options.reading());
  }

  /**
   * Computes the vectors of a document's tokens with {@linkplain ColBertOptions#defaults default
   * options}.
   *
   * @param document any text
   * @return {@link #dimension} floats for each token; those that the model skips, such as
   *     punctuation, are left out
   * @throws IllegalArgumentException if the document is null
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public TokenEmbeddings encodeDocument(String document) {
    return model().one("document", document, encoding(documents, DEFAULTS), DEFAULTS.reading());
  }

  /**
   * Computes the vectors of the tokens of documents.
   *
   * @param texts any number of documents
   * @param options maximum length and truncation
   * @return the vectors of each document, in the order of the documents
   * @throws IllegalArgumentException if an argument or a document is null, the options do not fit
   *     the model, or a document is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public List<TokenEmbeddings> encodeDocuments(List<String> texts, ColBertOptions options) {
    return model().list("documents", texts, encoding(documents, options), options.reading());
  }

  /**
   * Computes the vectors of the tokens of a stream of documents.
   *
   * <p>Documents are taken from the stream in groups of some batches while the result is read, so
   * memory does not grow with their number; exceptions that concern a document are thrown then.
   * Read the result to its end or close it, which also closes the given stream.
   *
   * @param texts any number of documents
   * @param options maximum length and truncation
   * @return the vectors of each document, in the order of the documents
   * @throws IllegalArgumentException if an argument or a document is null, the options do not fit
   *     the model, or a document is too long and the options refuse that
   * @throws IllegalStateException if the model is closed
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws ModelFileException if a result is not finite; see {@link TaskModel}
   */
  public Stream<TokenEmbeddings> encodeDocuments(Stream<String> texts, ColBertOptions options) {
    return model().stream("documents", texts, encoding(documents, options), options.reading());
  }

  /**
   * Computes how well a document answers a query (MaxSim, arXiv:2004.12832): for each vector of the
   * query the largest dot product with a vector of the document, added up in float64. If the
   * model's files ask for the mean, the sum is divided by the number of the query's vectors.
   *
   * @param query the vectors of {@link #encodeQuery}
   * @param document the vectors of {@link #encodeDocument}
   * @return the score; 0 if one of both has no vectors
   * @throws IllegalArgumentException if an argument is null
   */
  public float similarity(TokenEmbeddings query, TokenEmbeddings document) {
    double sum = Arguments.notNull(query, "query").maxSim(Arguments.notNull(document, "document"));
    return (float) (settings.meanOverQuery() ? sum / Math.max(1, query.size()) : sum);
  }

  /**
   * Finds the documents that answer a query best, by {@link #similarity}.
   *
   * @param query any text
   * @param texts the documents
   * @param k how many documents to find, from 1; more than there are gives all
   * @return the documents, best first; equal scores keep the order of the list
   * @throws IllegalArgumentException if an argument or a document is null, or k is below 1
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
    return best(hits, k);
  }

  /**
   * Those of stored documents that answer a query best, best first; of equal ones the earlier
   * first.
   *
   * @param query the vectors of its tokens
   * @param documents the vectors of their tokens, as {@link VectorFiles#loadTokens} gives them
   * @param k from 1; more than there are documents gives all
   * @throws IllegalArgumentException if an argument or a document is null, k is below 1, or a
   *     document's vectors have another dimension
   */
  public List<Similarity.Hit> rank(TokenEmbeddings query, List<TokenEmbeddings> documents, int k) {
    Arguments.requirePositive("k", k);
    Arguments.notNull(query, "query");
    List<TokenEmbeddings> all = Arguments.elements(documents, "documents");
    var hits = new ArrayList<Similarity.Hit>();
    for (TokenEmbeddings document : all) {
      hits.add(new Similarity.Hit(hits.size(), similarity(query, document)));
    }
    return best(hits, k);
  }

  private static List<Similarity.Hit> best(List<Similarity.Hit> hits, int k) {
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
