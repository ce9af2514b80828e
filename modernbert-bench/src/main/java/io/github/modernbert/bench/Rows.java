package io.github.modernbert.bench;

import io.github.modernbert.kernels.KernelSelection;
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

/**
 * Measures what happens to 128 rows between products: layer norm, GELU, and the split of queries,
 * keys and values with their rotation (RoPE). Softmax is a part of attention that cannot be reached
 * alone.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets what is not set here.
public class Rows {
  /** Whose widths. */
  @Param({"base", "large"})
  public String model;

  /** As in {@link KernelSelection#select}. */
  @Param({"vector", "portable"})
  public String kernels;

  private RowOperations operations;
  private Runnable check;

  /** For JMH. */
  public Rows() {}

  /** Makes the rows. */
  @Setup
  public void prepare() {
    operations = new RowOperations(KernelSelection.select(kernels), model);
  }

  /** Normalises all rows. */
  @Benchmark
  public void layerNorm(MovedBytes bytes) {
    operations.layerNorm();
    bytes.bytes += operations.layerNormBytes();
    check = operations::checkLayerNorm;
  }

  /** GELU, which the product before GeGLU's multiplication ends with. */
  @Benchmark
  public void gelu(MovedBytes bytes) {
    operations.gelu();
    bytes.bytes += operations.geluBytes();
    check = operations::checkGelu;
  }

  /** Rotates queries and keys, and lays out keys and values. */
  @Benchmark
  public void splitHeads(MovedBytes bytes) {
    operations.splitHeads();
    bytes.bytes += operations.splitHeadsBytes();
    check = operations::checkSplitHeads;
  }

  /** Refuses a wrong result. */
  @TearDown
  public void check() {
    check.run();
    operations.close();
  }
}
