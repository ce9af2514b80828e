package io.github.modernbert.bench;

import io.github.modernbert.kernels.WeightFormat;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that the command line asks for.
 *
 * @param only a regular expression that is found in the names of benchmarks to run
 * @param kernels which ones, as in {@link io.github.modernbert.kernels.KernelSelection#select};
 *     empty for the usual ones
 * @param formats of the weights of products
 * @param all whether products of the large model run with every number of rows
 * @param check whether only kernels run, briefly, and must reach their floors
 * @param iterations measured for each benchmark
 * @param seconds of an iteration
 * @param json where to write the results as well, if anywhere
 */
record Settings(
    String only,
    List<String> kernels,
    List<WeightFormat> formats,
    boolean all,
    boolean check,
    int iterations,
    double seconds,
    @Nullable Path json) {
  static final String USAGE =
      """
      usage: modernbert-bench/run [--check] [--all] [--only REGEX] [--kernels NAME,...]
                                  [--formats NAME,...] [--iterations N] [--seconds S] [--json FILE]
             modernbert-bench/run compare --help
             modernbert-bench/run soak [--loads N] [--threads N] [--calls N]
        --check            run the kernels briefly, and fail when one is below its floor
        --all              all shapes with all numbers of rows
        --only REGEX       benchmarks whose name matches somewhere, such as Products
        --kernels NAME,... some of codegen, vector, portable (default vector; for products of bfloat16
                           and int8 codegen, where it can run)
        --formats NAME,... of the weights of products, some of float32, bfloat16, int8 (default all)
        --iterations N     measured for each benchmark (default 5, with --check 3)
        --seconds S        length of an iteration (default 0.5, with --check 0.2)
        --json FILE        write the results there as well
      """;

  /** With fewer iterations a median says little. */
  static final int FEW = 5;

  /** Shorter ones are disturbed by whatever else the machine does. */
  static final double SHORT = 0.5;

  /** The seconds that C2 needs for the kernels, and a little more. */
  static final double WARM_UP_SECONDS = 2;

  private static final int CHECK_ITERATIONS = 3;
  private static final double CHECK_SECONDS = 0.2;

  Settings {
    if (iterations < 1) {
      throw new IllegalArgumentException("--iterations must be at least 1, found " + iterations);
    }
    if (!(seconds >= 0.01 && seconds <= 600)) {
      throw new IllegalArgumentException("--seconds must be from 0.01 to 600, found " + seconds);
    }
  }

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException if they cannot be understood
   */
  static Settings parse(List<String> arguments) {
    boolean check = arguments.contains("--check");
    String only = "";
    List<String> kernels = List.of();
    var formats = List.of(WeightFormat.values());
    boolean all = false;
    int iterations = check ? CHECK_ITERATIONS : FEW;
    double seconds = check ? CHECK_SECONDS : SHORT;
    Path json = null;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      switch (name) {
        case "--check" -> {}
        case "--all" -> all = true;
        case "--only" -> only = value(name, rest);
        case "--kernels" -> kernels = List.of(value(name, rest).split(","));
        case "--formats" ->
            formats =
                Stream.of(value(name, rest).split(","))
                    .map(format -> WeightFormat.valueOf(format.toUpperCase(Locale.ROOT)))
                    .toList();
        case "--iterations" -> iterations = Integer.parseInt(value(name, rest));
        case "--seconds" -> seconds = Double.parseDouble(value(name, rest));
        case "--json" -> json = Path.of(value(name, rest));
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    return new Settings(only, kernels, formats, all, check, iterations, seconds, json);
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return rest.next();
  }
}
