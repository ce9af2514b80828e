package io.github.modernbert.bench;

import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.WeightFormat;
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

/** Matrix products of the models' shapes, from one row to more than a worker gets at a time. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets what is not set here.
public class Products {
  /** Several times what caches hold. */
  private static final long WEIGHT_BYTES = 256L << 20;

  /** Input by output features of the base model: Wqkv and Wi are of one shape. */
  static final List<String> BASE = List.of("768x2304", "768x768", "1152x768");

  /** Those of the large model: Wqkv, Wo, Wi and the MLP's Wo. */
  static final List<String> LARGE = List.of("1024x3072", "1024x1024", "1024x5248", "2624x1024");

  /** Input by output features. */
  @Param({"768x2304", "768x768", "1152x768", "1024x3072", "1024x1024", "1024x5248", "2624x1024"})
  public String shape;

  /** Tokens. */
  @Param({"1", "4", "8", "16", "64", "128", "512", "2048"})
  public int rows;

  /** The format of the weights; with integers, rows become integers within the product. */
  @Param public WeightFormat format;

  /** As in {@link KernelSelection#select}. */
  @Param({"vector", "portable"})
  public String kernels;

  private Product product;

  /** For JMH. */
  public Products() {}

  /** Packs the weights. */
  @Setup
  public void prepare() {
    String[] sizes = shape.split("x", 2);
    int depth = Integer.parseInt(sizes[0]);
    int features = Integer.parseInt(sizes[1]);
    product =
        new Product(KernelSelection.select(kernels), depth, features, rows, format, WEIGHT_BYTES);
  }

  /** One product. */
  @Benchmark
  public void multiply(Flops flops) {
    product.run();
    flops.flops += product.flops();
  }

  /** Refuses a wrong result. */
  @TearDown
  public void check() {
    product.check();
    product.close();
  }
}
