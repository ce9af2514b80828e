package io.github.modernbert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks and prints a Markdown table; progress goes to standard error. From a
 * checkout:
 *
 * <pre>{@code
 * modernbert-bench/run --json results.json
 * }</pre>
 *
 * The other arguments are in {@link Settings#USAGE}. Flags for the measured JVMs, such as {@code
 * -XX:UseAVX=2}, go into the environment variable {@code MODERNBERT_JAVA_OPTIONS}.
 */
public final class Main {
  private static final String PEAK = pattern(Peak.class);
  private static final String FIRST_CALL = pattern(FirstCall.class);

  private final Settings settings;

  private Main(Settings settings) {
    this.settings = settings;
  }

  /**
   * The command.
   *
   * @param arguments as in {@link Settings#USAGE}
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(Settings.USAGE);
      return;
    }
    Settings settings;
    try {
      settings = Settings.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Settings.USAGE);
      System.exit(2);
      return;
    }
    Report report = new Main(settings).run();
    System.out.print(report.markdown());
    if (settings.json() != null) {
      Files.writeString(settings.json(), report.json());
    }
  }

  private Report run() throws RunnerException {
    var machine = Machine.describe();
    var measurements = new ArrayList<Measurement>();
    var peaks = new ArrayList<Measurement>();
    peaks.addAll(measure(steady().include(PEAK)));
    measurements.addAll(
        measure(steady().include(settings.only()).exclude(PEAK).exclude(FIRST_CALL)));
    measurements.addAll(firstCalls());
    peaks.addAll(measure(steady().include(PEAK)));
    return new Report(machine, settings, peaks, measurements);
  }

  /** One JVM that is warm before it is measured. */
  private ChainedOptionsBuilder steady() {
    var length = TimeValue.milliseconds(Math.round(settings.seconds() * 1000));
    return new OptionsBuilder()
        .forks(1)
        .warmupIterations(settings.warmups())
        .warmupTime(length)
        .measurementIterations(settings.iterations())
        .measurementTime(length);
  }

  /** As many fresh JVMs as there are iterations. */
  private List<Measurement> firstCalls() throws RunnerException {
    if (!Pattern.compile(settings.only()).matcher(FirstCall.class.getName()).find()) {
      return List.of();
    }
    return measure(
        new OptionsBuilder()
            .include(FIRST_CALL)
            .mode(Mode.SingleShotTime)
            .forks(settings.iterations())
            .warmupIterations(0)
            .measurementIterations(1));
  }

  private static List<Measurement> measure(ChainedOptionsBuilder options) throws RunnerException {
    OutputFormat progress =
        OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL);
    // A benchmark that fails its check must not just be missing from the table.
    var runner = new Runner(options.shouldFailOnError(true).build(), progress);
    try {
      return runner.run().stream().map(Measurement::of).toList();
    } catch (NoBenchmarksException e) {
      return List.of();
    }
  }

  private static String pattern(Class<?> benchmarks) {
    return "^" + Pattern.quote(benchmarks.getName() + ".");
  }
}
