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

/** Layer norm of 128 rows of the base model. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets what is not set here.
public class Norms {
  /** As in {@link KernelSelection#select}. */
  @Param({"vector", "portable"})
  public String kernels;

  private RowOperations operations;

  /** For JMH. */
  public Norms() {}

  /** Makes the rows. */
  @Setup
  public void prepare() {
    operations = new RowOperations(KernelSelection.select(kernels));
  }

  /** All rows. */
  @Benchmark
  public void layerNorm(Bytes bytes) {
    operations.layerNorm();
    bytes.bytes += RowOperations.layerNormBytes();
  }

  /** Refuses a wrong result. */
  @TearDown
  public void check() {
    operations.checkLayerNorm();
    operations.close();
  }
}
