package io.github.modernbert.bench.compare;

import io.github.modernbert.kernels.KernelSelection;
import io.github.modernbert.kernels.Kernels;
import io.github.modernbert.kernels.Matrix;
import io.github.modernbert.kernels.PackedMatrix;
import io.github.modernbert.kernels.Scratch;
import io.github.modernbert.kernels.WeightFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Single matrix products, ours and ONNX Runtime's in turns. */
final class ProductContest implements AutoCloseable {
  /** The shapes of the base model, and those of the large one that differ most from them. */
  private static final List<String> SHAPES =
      List.of("768x2304", "768x768", "1152x768", "1024x5248", "2624x1024");

  private static final int[] ROWS = {16, 128, 512, 2048};
  private static final int ROUNDS = 5;

  /** The number of operations that a turn computes, about: a tenth of a second. */
  private static final double TURN_FLOPS = 10e9;

  private final Kernels kernels;
  private final Path folder;
  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;

  /**
   * @param command starts ONNX Runtime's side
   * @param folder of the exported products
   */
  ProductContest(String kernels, List<String> command, Path log, Path folder) throws IOException {
    this.kernels = KernelSelection.select(kernels);
    this.folder = folder;
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    answers = process.inputReader();
    requests = process.outputWriter();
  }

  List<ProductResult> run() throws IOException {
    var results = new ArrayList<ProductResult>();
    for (String shape : SHAPES) {
      for (int rows : ROWS) {
        results.add(run(shape, rows));
      }
    }
    return results;
  }

  private ProductResult run(String shape, int rows) throws IOException {
    String[] sizes = shape.split("x", 2);
    int depth = Integer.parseInt(sizes[0]);
    int features = Integer.parseInt(sizes[1]);
    double flops = 2.0 * rows * depth * features;
    int times = (int) Math.clamp(TURN_FLOPS / flops, 1, 1000);
    var ours = new ArrayList<Double>();
    var theirs = new ArrayList<Double>();
    try (var product = new OwnProduct(kernels, rows, depth, features)) {
      // The round before the first one is for compilers and caches.
      for (int round = -1; round < ROUNDS; round++) {
        double own = product.run(times);
        double other = onnxRuntime(shape, rows, depth, features, times);
        if (round >= 0) {
          ours.add(own);
          theirs.add(other);
        }
      }
    }
    return new ProductResult(shape, rows, flops, median(ours), median(theirs));
  }

  private double onnxRuntime(String shape, int rows, int depth, int features, int times)
      throws IOException {
    Path file = folder.resolve(shape + ".onnx").toAbsolutePath();
    requests.write(String.format(Locale.ROOT, "%s %d %d %d%n", file, rows, depth, times));
    requests.flush();
    String line = answers.readLine();
    if (line == null) {
      throw new PeerFailure("its process ended");
    }
    double[] values = Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    check(values[0], rows, depth, features);
    return median(Arrays.stream(values).skip(1).boxed().toList());
  }

  /** Every element is a sum of multiples of 2⁻¹² that float32 holds exactly: any order will do. */
  private static void check(double found, int rows, int depth, int features) {
    double expected = 0;
    for (int k = 0; k < depth; k++) {
      expected += (double) x(rows - 1, k) * weight(k, features - 1);
    }
    // As floats: in text they have no more digits than that takes.
    if ((float) found != (float) expected) {
      throw new PeerFailure("its product is %s, expected %s".formatted(found, expected));
    }
  }

  private static float x(int row, int k) {
    return ((7 * row + 13 * k) % 89 - 44) / 64f;
  }

  private static float weight(int k, int n) {
    return ((31 * k + 17 * n) % 97 - 48) / 64f;
  }

  private static double median(List<Double> values) {
    var sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  /** Ours. */
  private static final class OwnProduct implements AutoCloseable {
    private final Kernels kernels;
    private final Arena arena = Arena.ofShared();
    private final Scratch scratch = new Scratch();
    private final Matrix x;
    private final PackedMatrix weights;
    private final Matrix y;

    OwnProduct(Kernels kernels, int rows, int depth, int features) {
      this.kernels = kernels;
      x = Matrix.allocate(arena, rows, depth);
      for (int r = 0; r < rows; r++) {
        for (int k = 0; k < depth; k++) {
          x.set(r, k, x(r, k));
        }
      }
      weights =
          kernels.pack(
              arena,
              features,
              depth,
              WeightFormat.FLOAT32,
              (from, count, target) -> {
                for (int i = 0; i < count; i++) {
                  int at = (int) from + i;
                  float value = weight(at % depth, at / depth);
                  target.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                }
              },
              null);
      y = Matrix.allocate(arena, rows, features);
    }

    double run(int times) {
      var seconds = new ArrayList<Double>();
      for (int i = 0; i < times; i++) {
        long start = System.nanoTime();
        kernels.multiply(x, weights, y, scratch);
        seconds.add((System.nanoTime() - start) / 1e9);
      }
      check(y.get(y.rows() - 1, y.columns() - 1), y.rows(), x.columns(), y.columns());
      return median(seconds);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  @Override
  public void close() throws IOException {
    requests.close();
  }
}
