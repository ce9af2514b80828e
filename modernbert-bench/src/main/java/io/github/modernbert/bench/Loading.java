package io.github.modernbert.bench;

import io.github.modernbert.TextEmbedder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The bundled model from its resources to memory, in a JVM that has done it before. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class Loading {
  /** For JMH. */
  public Loading() {}

  /** Loads and frees the model. */
  @Benchmark
  public int load() {
    try (var embedder = TextEmbedder.bundled()) {
      return embedder.dimension();
    }
  }
}
