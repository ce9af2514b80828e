package io.github.modernbert.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures the most that one core can do: fused multiply-adds in registers, and rows moved in its
 * caches.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class Peak {
  private final FmaChains chains = new FmaChains();
  private final CopiedRows rows = new CopiedRows();

  /** For JMH. */
  public Peak() {}

  /** One run of the chains. */
  @Benchmark
  public void fma(Flops flops) {
    chains.run();
    flops.flops += FmaChains.flops();
  }

  /** One copy of the rows. */
  @Benchmark
  public void copy(MovedBytes bytes) {
    rows.run();
    bytes.bytes += CopiedRows.bytes();
  }

  /** Refuses wrong results. */
  @TearDown
  public void check() {
    chains.run();
    chains.check();
    rows.run();
    rows.check();
    rows.close();
  }
}
