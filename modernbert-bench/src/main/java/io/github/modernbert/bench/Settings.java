package io.github.modernbert.bench;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param only a regular expression that is found in the names of benchmarks to run
 * @param iterations measured for each benchmark, after a third as many for warm-up
 * @param seconds of an iteration
 * @param json where to write the results as well, if anywhere
 */
record Settings(String only, int iterations, double seconds, @Nullable Path json) {
  static final String USAGE =
      """
      usage: modernbert-bench/run [--only REGEX] [--iterations N] [--seconds S] [--json FILE]
        --only REGEX     benchmarks whose name matches somewhere, such as Products
        --iterations N   measured for each benchmark (default 7)
        --seconds S      length of an iteration (default 1)
        --json FILE      write the results there as well
      """;

  /** With fewer iterations a median says little. */
  static final int FEW = 5;

  private static final int ITERATIONS = 7;

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
    String only = "";
    int iterations = ITERATIONS;
    double seconds = 1;
    Path json = null;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      switch (name) {
        case "--only" -> only = value(name, rest);
        case "--iterations" -> iterations = Integer.parseInt(value(name, rest));
        case "--seconds" -> seconds = Double.parseDouble(value(name, rest));
        case "--json" -> json = Path.of(value(name, rest));
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    return new Settings(only, iterations, seconds, json);
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return rest.next();
  }

  /** Iterations that are thrown away. */
  int warmups() {
    return Math.ceilDiv(iterations, 3);
  }
}
