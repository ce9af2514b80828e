package io.github.modernbert.bench;

import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.WeightFormat;
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

/** Attention of one layer over one sequence. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets what is not set here.
public class Attentions {
  private static final int LOCAL_REACH = 64;

  /** The kind of layer, the number of tokens, and {@code int8} for layers in 8-bit integers. */
  @Param({
    "global 128", "global 512", "global 2048", "global 8192",
    "local 128", "local 512", "local 2048", "local 8192",
    "global 512 int8", "global 8192 int8", "local 8192 int8"
  })
  public String layer;

  /** As in {@link KernelSelection#select}. */
  @Param({"vector", "portable"})
  public String kernels;

  /** A call of many tokens is too long to be repeated until C2 has compiled what it does. */
  private static final int WARM_UP_TOKENS = 128;

  private Attention attention;

  /** For JMH. */
  public Attentions() {}

  /** Lays out keys and values. */
  @Setup
  public void prepare() {
    String[] words = layer.split(" ");
    int reach = words[0].equals("local") ? LOCAL_REACH : Integer.MAX_VALUE;
    int tokens = Integer.parseInt(words[1]);
    boolean int8 = words.length > 2 && words[2].equals("int8");
    WeightFormat format = int8 ? WeightFormat.INT8 : WeightFormat.FLOAT32;
    Kernels selected = KernelSelection.select(kernels);
    if (tokens > WARM_UP_TOKENS) {
      try (var shorter = new Attention(selected, WARM_UP_TOKENS, reach, format)) {
        long end = System.nanoTime() + (long) (Settings.WARM_UP_SECONDS * 1e9);
        while (System.nanoTime() < end) {
          shorter.run();
        }
      }
    }
    attention = new Attention(selected, tokens, reach, format);
  }

  /** All heads of all tokens. */
  @Benchmark
  public void attend(Flops flops) {
    attention.run();
    flops.flops += attention.flops();
  }

  /** Refuses a wrong result. */
  @TearDown
  public void check() {
    attention.check();
    attention.close();
  }
}
