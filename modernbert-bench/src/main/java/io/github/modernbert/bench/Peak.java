package io.github.modernbert.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What one core can do at most: fused multiply-adds in registers. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class Peak {
  private final FmaChains chains = new FmaChains();

  /** For JMH. */
  public Peak() {}

  /** One run of the chains. */
  @Benchmark
  public void fma(Flops flops) {
    chains.run();
    flops.flops += FmaChains.flops();
  }

  /** Refuses a wrong result. */
  @TearDown
  public void check() {
    chains.check();
  }
}
