package io.github.modernbert;

import io.github.modernbert.config.SimilarityFunction;
import io.github.modernbert.tasks.Arguments;
import io.github.modernbert.vectors.BitVectors;
import io.github.modernbert.vectors.Communities;
import io.github.modernbert.vectors.Comparison;
import io.github.modernbert.vectors.PairMiner;
import io.github.modernbert.vectors.Score;
import io.github.modernbert.vectors.TopHits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Compares vectors. Sums have one fixed order, so a score has the same bits on every machine,
 * whatever else is compared in the call, and on any number of threads. More is always more alike:
 * Euclidean and Manhattan distances are negative, as in sentence-transformers.
 *
 * {@snippet file="io/github/modernbert/SnippetsTest.java" region="similarity"}
 *
 * <p>Where a value is NaN, or infinities or overflows leave nothing to tell, a score is NaN; such
 * scores come last in rankings. Of equal scores the one of the smaller index comes first.
 *
 * <p>The first search in vectors that lie in memory, {@link Embeddings} or integers of {@link
 * QuantizedEmbeddings}, makes a copy that is laid out for fast comparisons, and keeps it with them;
 * not where it would take more than an eighth of the heap.
 */
public final class Similarity {
  private static final Comparison.GroupListener NOBODY = (from, to) -> {};

  private Similarity() {}

  /**
   * A hit of a search.
   *
   * @param index which of the vectors
   * @param score its similarity to the query
   */
  public record Hit(int index, float score) {}

  /**
   * Two vectors of a set.
   *
   * @param first the smaller index
   * @param second the larger index
   * @param score how similar they are
   */
  public record Pair(int first, int second, float score) {}

  /**
   * The cosine of the angle between two vectors, from −1 to 1; 0 if one of them is zero; NaN if a
   * value is NaN or infinite, or so large that a sum of products is.
   *
   * @throws IllegalArgumentException if one is null or they differ in length
   */
  public static float cosine(float[] a, float[] b) {
    return score(SimilarityFunction.COSINE, a, b);
  }

  /**
   * The sum of products: the cosine of vectors of length 1, at less cost.
   *
   * @throws IllegalArgumentException if one is null or they differ in length
   */
  public static float dot(float[] a, float[] b) {
    return score(SimilarityFunction.DOT, a, b);
  }

  /** The sum of products of two sparse vectors: 0 if they have no token in common. */
  public static float dot(SparseEmbedding a, SparseEmbedding b) {
    return Arguments.notNull(a, "a").dot(Arguments.notNull(b, "b"));
  }

  /**
   * The similarity of two vectors by a function, such as {@link TextEmbedder#similarity()}.
   *
   * @throws IllegalArgumentException if an argument is null or the vectors differ in length
   */
  public static float score(SimilarityFunction function, float[] a, float[] b) {
    Arguments.notNull(function, "function");
    requireSameDimension(Arguments.notNull(a, "a").length, Arguments.notNull(b, "b").length);
    return Score.of(function, a, b);
  }

  private static void requireSameDimension(int a, int b) {
    if (a != b) {
      throw new IllegalArgumentException(
          "vectors of %d and %d dimensions cannot be compared".formatted(a, b));
    }
  }

  /**
   * The cosine of each of the vectors with each other.
   *
   * @return a symmetric matrix
   * @throws IllegalArgumentException if the vectors are null
   */
  public static float[][] cosineMatrix(Embeddings vectors) {
    return matrix(vectors, vectors, CompareOptions.defaults());
  }

  /**
   * The similarity of each vector of one set with each of another.
   *
   * @return a row for each of the first vectors, a column for each of the second
   * @throws IllegalArgumentException if an argument is null or the dimensions differ
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static float[][] matrix(Embeddings a, Embeddings b, CompareOptions options) {
    requireComparable(a, "a", b, "b");
    var matrix = new float[a.size()][b.size()];
    comparison(options, a, b)
        .all(
            a.set(),
            b.set(),
            (query, first, scores, count) ->
                System.arraycopy(scores, 0, matrix[query], first, count),
            NOBODY);
    return matrix;
  }

  /**
   * The k vectors that are most similar to the query by cosine, best first; of equal ones the
   * earlier first. Those whose cosine is NaN come last.
   *
   * @param k from 1; more than there are vectors gives all
   * @throws IllegalArgumentException if an argument is null, k is below 1, or the dimensions differ
   */
  public static List<Hit> topK(float[] query, Embeddings vectors, int k) {
    return topK(query, vectors, k, SimilarityFunction.COSINE);
  }

  /**
   * The k vectors that are most similar to the query by a function, such as {@link
   * TextEmbedder#similarity()}, best first; of equal ones the earlier first. Computed by the
   * calling thread alone.
   *
   * @param k from 1; more than there are vectors gives all
   * @throws IllegalArgumentException if an argument is null, k is below 1, or the dimensions differ
   * @throws io.github.modernbert.files.ModelFileException if the vectors lie in a mapped file that
   *     was shortened meanwhile
   */
  public static List<Hit> topK(
      float[] query, Embeddings vectors, int k, SimilarityFunction function) {
    Arguments.requirePositive("k", k);
    int dimension = Arguments.notNull(query, "query").length;
    requireSameDimension(dimension, Arguments.notNull(vectors, "vectors").dimension());
    var top = new TopHits(Math.min(k, vectors.size()));
    new Comparison(Arguments.notNull(function, "function"), 1, done -> {})
        .one(query, vectors.set(), (one, first, scores, count) -> top.offer(first, scores, count));
    return hits(top);
  }

  /**
   * The k quantized vectors that are most similar to the query, best first; of equal ones the
   * earlier first. Integers are compared by the sum of products, bits by the Hamming distance,
   * whose negative is the score.
   *
   * @param query quantized as the vectors are, see {@link QuantizedEmbeddings#quantize}
   * @param k from 1; more than there are vectors gives all
   * @throws IllegalArgumentException if an argument is null, k is below 1, or the query has not as
   *     many bytes as the vectors
   */
  public static List<Hit> topK(byte[] query, QuantizedEmbeddings vectors, int k) {
    Arguments.requirePositive("k", k);
    VectorPrecision precision = Arguments.notNull(vectors, "vectors").precision();
    int bytes = precision.bytes(vectors.dimension());
    if (Arguments.notNull(query, "query").length != bytes) {
      throw new IllegalArgumentException(
          "query: expected %d bytes, found %d".formatted(bytes, query.length));
    }
    var top = new TopHits(Math.min(k, vectors.size()));
    if (precision.isBinary()) {
      for (int i = 0; i < vectors.size(); i++) {
        top.offer(i, -BitVectors.hamming(query, vectors.row(i)));
      }
    } else {
      vectors.integers().search(query, top);
    }
    return hits(top);
  }

  /**
   * The k quantized vectors that are most similar to a query of floats: more than k are found by
   * {@link #topK(byte[], QuantizedEmbeddings, int)}, and sorted again by the sum of products of the
   * query and what the bytes stand for. So {@code semantic_search_faiss} and {@code
   * semantic_search_usearch} of sentence-transformers do it ({@code rescore}).
   *
   * @param k from 1; more than there are vectors gives all
   * @param rescoreMultiplier how many times k are sorted again, from 1; 2 in the reference
   * @throws IllegalArgumentException if an argument is null, a number is below 1, the dimensions
   *     differ, the query has a NaN, or the ranges of integers are not known
   */
  public static List<Hit> topK(
      float[] query, QuantizedEmbeddings vectors, int k, int rescoreMultiplier) {
    Arguments.requirePositive("k", k);
    Arguments.requirePositive("rescoreMultiplier", rescoreMultiplier);
    Arguments.notNull(query, "query");
    byte[] quantized = Arguments.notNull(vectors, "vectors").quantize(query);
    int candidates = (int) Math.min((long) k * rescoreMultiplier, Integer.MAX_VALUE);
    var top = new TopHits(Math.min(k, vectors.size()));
    for (Hit hit : topK(quantized, vectors, candidates)) {
      top.offer(hit.index(), (float) vectors.dot(query, hit.index()));
    }
    return hits(top);
  }

  private static List<Hit> hits(TopHits top) {
    var hits = new ArrayList<Hit>();
    top.drain((index, score) -> hits.add(new Hit(index, score)));
    return Collections.unmodifiableList(hits);
  }

  /**
   * The k vectors of a corpus that are most similar to each query, as {@code semantic_search} of
   * sentence-transformers finds them. Memory does not grow with the corpus, beyond the vectors
   * themselves: a mapped file may be larger than memory.
   *
   * {@snippet file="io/github/modernbert/VectorSnippetsTest.java" region="semantic-search"}
   *
   * @param k from 1; more than there are vectors gives all
   * @return for each query its hits, best first
   * @throws IllegalArgumentException if an argument is null, k is below 1, or the dimensions differ
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   * @throws io.github.modernbert.files.ModelFileException if vectors lie in a mapped file that was
   *     shortened meanwhile
   */
  public static List<List<Hit>> semanticSearch(
      Embeddings queries, Embeddings corpus, int k, CompareOptions options) {
    Arguments.requirePositive("k", k);
    requireComparable(queries, "queries", corpus, "corpus");
    var top = new TopHits[queries.size()];
    Arrays.setAll(top, i -> new TopHits(Math.min(k, corpus.size())));
    comparison(options, queries, corpus)
        .all(
            queries.set(),
            corpus.set(),
            (query, first, scores, count) -> top[query].offer(first, scores, count),
            NOBODY);
    return Arrays.stream(top).map(Similarity::hits).toList();
  }

  /**
   * The pairs of vectors that are most similar, as {@code paraphrase_mining_embeddings} of
   * sentence-transformers finds them: for each vector its k nearest others, of all these pairs the
   * best, each once.
   *
   * {@snippet file="io/github/modernbert/VectorSnippetsTest.java" region="paraphrase-mining"}
   *
   * @param k how many others are considered for each vector, from 1; 100 in the reference
   * @param maxPairs how many pairs are given at most, from 1; 500,000 in the reference
   * @return best first; of equal scores the smaller indices first
   * @throws IllegalArgumentException if an argument is null or a number is below 1
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static List<Pair> paraphraseMining(
      Embeddings vectors, int k, int maxPairs, CompareOptions options) {
    Arguments.requirePositive("k", k);
    Arguments.requirePositive("maxPairs", maxPairs);
    Arguments.notNull(vectors, "vectors");
    var miner = new PairMiner(vectors.size(), k, maxPairs);
    comparison(options, vectors, vectors).all(vectors.set(), vectors.set(), miner, miner);
    return miner.pairs().stream().map(p -> new Pair(p.first(), p.second(), p.score())).toList();
  }

  /**
   * Groups of vectors that are close to one of them, the centre, as {@code community_detection} of
   * sentence-transformers finds them. Groups do not overlap; the largest comes first.
   *
   * {@snippet file="io/github/modernbert/VectorSnippetsTest.java" region="community-detection"}
   *
   * @param threshold the least similarity to the centre; 0.75 in the reference
   * @param minimumSize of a group, from 1; 10 in the reference
   * @return the indices of each group: the centre, then the others, the most similar first
   * @throws IllegalArgumentException if an argument is null, the threshold is NaN, or the size is
   *     below 1
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; the flag stays
   *     set
   */
  public static List<List<Integer>> communityDetection(
      Embeddings vectors, float threshold, int minimumSize, CompareOptions options) {
    Arguments.requirePositive("minimumSize", minimumSize);
    if (Float.isNaN(threshold)) {
      throw new IllegalArgumentException("threshold: expected a number, found NaN");
    }
    Arguments.notNull(vectors, "vectors");
    var communities = new Communities(vectors.size(), threshold, minimumSize);
    comparison(options, vectors, vectors)
        .all(vectors.set(), vectors.set(), communities, communities);
    return communities.disjoint();
  }

  private static void requireComparable(
      Embeddings a, String nameOfA, Embeddings b, String nameOfB) {
    requireSameDimension(
        Arguments.notNull(a, nameOfA).dimension(), Arguments.notNull(b, nameOfB).dimension());
  }

  private static Comparison comparison(CompareOptions options, Embeddings a, Embeddings b) {
    return Arguments.notNull(options, "options").comparison((long) a.size() * b.size());
  }
}
