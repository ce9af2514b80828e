package io.github.modernbert.bench;

import io.github.modernbert.LoadOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Measures what a user waits for in a fresh JVM, which has only loaded JMH: once in each. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class FirstCall {
  /** For JMH. */
  public FirstCall() {}

  /** Nothing is there yet. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // Set by the benchmark.
  public static class Fresh {
    private TextEmbedding embedding;

    /** For JMH. */
    public Fresh() {}

    private void load() {
      embedding = new TextEmbedding(LoadOptions.defaults(), List.of(Texts.QUERY));
    }

    /** Refuses a wrong result. */
    @TearDown
    public void check() {
      embedding.check();
      embedding.close();
    }
  }

  /** The model is loaded and has not computed anything. */
  @State(Scope.Benchmark)
  public static class Loaded extends Fresh {
    /** For JMH. */
    public Loaded() {}

    /** Loads the model. */
    @Setup
    public void prepare() {
      super.load();
    }
  }

  /** From nothing to the first vector. */
  @Benchmark
  public void loadAndEmbed(Fresh state) {
    state.load();
    state.embedding.run();
  }

  /** The first vector of a loaded model. */
  @Benchmark
  public void embed(Loaded state) {
    ((Fresh) state).embedding.run();
  }
}
