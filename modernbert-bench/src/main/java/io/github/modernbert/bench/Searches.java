package io.github.modernbert.bench;

import io.github.modernbert.CompareOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.Embeddings;
import io.github.modernbert.QuantizedEmbeddings;
import io.github.modernbert.Similarity;
import io.github.modernbert.VectorFiles;
import io.github.modernbert.VectorPrecision;
import io.github.modernbert.config.SimilarityFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Measures searches in vectors: one query and many, in floats, integers and bits, in memory and in
 * a mapped file. From a checkout:
 *
 * <pre>{@code
 * modernbert-bench/run searches --mapped 1000000 --threads 2
 * }</pre>
 *
 * <p>Vectors are random, of 384 dimensions, and ten hits are wanted. Each search runs for two
 * seconds first; its time is the median of as many runs as two seconds more allow, at least three.
 */
public final class Searches {
  private static final String USAGE =
      """
      modernbert-bench/run searches [options]
        --vectors N    in memory, default 20000
        --queries N    of searches for many queries, default 1000
        --mapped N     vectors in a file, default 1000000 (1.5 GB in the temporary folder), 0 for none
        --threads N    of searches for many queries, default 1
      """;

  private static final int DIMENSION = 384;
  private static final int HITS = 10;
  private static final int LEAST_RUNS = 3;
  private static final double SECONDS = 2;
  private static final double NANOS = 1e9;

  private final Random random = new Random(1);
  private final int threads;

  private Searches(int threads) {
    this.threads = threads;
  }

  /**
   * The command.
   *
   * @param arguments as {@code --help} says
   */
  public static void main(String[] arguments) throws IOException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    int vectors = 20_000;
    int queries = 1000;
    int mapped = 1_000_000;
    int threads = 1;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--vectors" -> vectors = Integer.parseInt(arguments[++i]);
        case "--queries" -> queries = Integer.parseInt(arguments[++i]);
        case "--mapped" -> mapped = Integer.parseInt(arguments[++i]);
        case "--threads" -> threads = Integer.parseInt(arguments[++i]);
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    new Searches(threads).run(vectors, queries, mapped);
  }

  private void run(int count, int queryCount, int mapped) throws IOException {
    System.out.printf(Locale.ROOT, "%d dimensions, %d threads%n%n", DIMENSION, threads);
    System.out.println("| search | time |");
    System.out.println("| --- | ---: |");
    Embeddings queries = randoms(queryCount);
    Embeddings vectors = randoms(count);
    float[] query = queries.vector(0);
    String where = count + " vectors";
    for (SimilarityFunction function : SimilarityFunction.values()) {
      measure(
          "one query in %s, %s".formatted(where, function),
          () -> Similarity.topK(query, vectors, HITS, function));
    }
    for (VectorPrecision precision : List.of(VectorPrecision.INT8, VectorPrecision.UBINARY)) {
      var quantized = QuantizedEmbeddings.of(vectors, precision);
      byte[] bytes = quantized.quantize(query);
      measure(
          "one query in %s, %s".formatted(where, precision),
          () -> Similarity.topK(bytes, quantized, HITS));
    }
    measureMany(queries, where, vectors);
    if (mapped > 0) {
      Path folder = Files.createTempDirectory("searches");
      Path file = folder.resolve("vectors.npy");
      try {
        var all = IntStream.range(0, mapped).mapToObj(i -> new Embedding(next(), 1, false));
        VectorFiles.save(all, DIMENSION, file);
        Embeddings corpus = VectorFiles.map(file);
        String inFile = mapped + " vectors of a mapped file";
        measure("one query in " + inFile, () -> Similarity.topK(query, corpus, HITS));
        measureMany(queries, inFile, corpus);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    }
  }

  private void measureMany(Embeddings queries, String where, Embeddings corpus) {
    CompareOptions options = CompareOptions.defaults().threads(threads);
    measure(
        "%d queries in %s, %d threads".formatted(queries.size(), where, threads),
        () -> Similarity.semanticSearch(queries, corpus, HITS, options));
  }

  private Embeddings randoms(int count) {
    return Embeddings.of(IntStream.range(0, count).mapToObj(i -> next()).toArray(float[][]::new));
  }

  private float[] next() {
    var vector = new float[DIMENSION];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static void measure(String title, Runnable search) {
    run(search, 1);
    double median = Median.of(run(search, LEAST_RUNS));
    boolean isLong = median >= 1;
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f %s |%n",
        title,
        isLong ? median : median * 1000,
        isLong ? "s" : "ms");
  }

  /** Runs a search for some seconds, and at least so many times; the seconds of each. */
  private static List<Double> run(Runnable search, int least) {
    var seconds = new ArrayList<Double>();
    long begin = System.nanoTime();
    while (seconds.size() < least || System.nanoTime() - begin < SECONDS * NANOS) {
      long start = System.nanoTime();
      search.run();
      seconds.add((System.nanoTime() - start) / NANOS);
    }
    return seconds;
  }
}
