package io.github.modernbert.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The bundled model from text to vector. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets what is not set here.
public class BundledModel {
  /** One text of a query's length, or 64 texts of mixed lengths. */
  @Param({"query", "mixed"})
  public String texts;

  /** One or all processors. */
  @Param({"one", "all"})
  public String threads;

  /** As in {@link io.github.modernbert.LoadOptions}. */
  @Param({"vector", "portable"})
  public String kernels;

  private TextEmbedding embedding;

  /** For JMH. */
  public BundledModel() {}

  /** Loads the model. */
  @Setup
  public void prepare() {
    embedding =
        new TextEmbedding(
            TextEmbedding.options(kernels, threads),
            texts.equals("query") ? List.of(Texts.QUERY) : Texts.mixed());
  }

  /** All texts in one call. */
  @Benchmark
  public void embed(Processed processed) {
    embedding.run();
    processed.texts += embedding.texts();
    processed.tokens += embedding.tokens();
  }

  /** Refuses a wrong result. */
  @TearDown
  public void check() {
    embedding.check();
    embedding.close();
  }
}
