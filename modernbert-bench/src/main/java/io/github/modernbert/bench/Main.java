package io.github.modernbert.bench;

import io.github.modernbert.kernels.WeightFormat;
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
  /**
   * Numbers of rows for the large model's shapes, to keep the run short: one text, and what a
   * worker has at a time.
   */
  private static final String[] FEW_ROWS = {"16", "128"};

  /** Numbers of rows for weights that are not float32, whose goals are about 64 and more. */
  private static final String[] SOME_ROWS = {"16", "64", "128", "512"};

  private static final String USUAL_KERNELS = "vector";

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
    if (settings.check()) {
      System.exit(check(report) ? 0 : 1);
    }
    System.out.print(report.markdown());
    if (settings.json() != null) {
      Files.writeString(settings.json(), report.json());
    }
  }

  /** Prints what every kernel reached; whether all reached their floors. */
  private static boolean check(Report report) {
    List<Floor.Comparison> kernels = report.compare(Floors.read());
    System.out.print(
        "| kernel | parameters | of peak | floor | |\n| --- | --- | ---: | ---: | --- |\n");
    kernels.forEach(kernel -> System.out.print(kernel.row()));
    long below = kernels.stream().filter(Floor.Comparison::isBelow).count();
    System.out.printf("%n%d of %d kernels are below their floors.%n", below, kernels.size());
    return below == 0 && !kernels.isEmpty();
  }

  private Report run() throws RunnerException {
    var machine = RunEnvironment.describe();
    var measurements = new ArrayList<Measurement>();
    List<Measurement> before = peaks();
    String only = settings.only();
    if (settings.formats().contains(WeightFormat.FLOAT32)) {
      measurements.addAll(measure(products(Products.BASE)));
      measurements.addAll(measure(products(Products.LARGE)));
    }
    List<WeightFormat> others =
        settings.formats().stream().filter(format -> format != WeightFormat.FLOAT32).toList();
    if (!others.isEmpty()) {
      measurements.addAll(measure(otherProducts(others)));
    }
    measurements.addAll(measure(steady(Attentions.class, only)));
    measurements.addAll(measure(steady(Rows.class, only)));
    if (!settings.check()) {
      measurements.addAll(measure(steady(BundledModel.class, only)));
      measurements.addAll(measure(steady(Loading.class, only)));
      measurements.addAll(measure(firstCalls()));
    }
    var peaks = new ArrayList<>(before);
    peaks.addAll(peaks());
    return new Report(machine, settings, new Peaks(peaks), measurements);
  }

  private List<Measurement> peaks() throws RunnerException {
    var peaks = new ArrayList<>(measure(steady(Peak.class, "")));
    String[] instructions = InstructionPeak.instructions();
    if (instructions.length > 0) {
      peaks.addAll(measure(steady(InstructionPeak.class, "").param("instruction", instructions)));
    }
    return peaks;
  }

  private ChainedOptionsBuilder products(List<String> shapes) {
    var options =
        steady(Products.class, settings.only())
            .param("format", WeightFormat.FLOAT32.name())
            .param("shape", shapes.toArray(String[]::new));
    return settings.all() || shapes.equals(Products.BASE)
        ? options
        : options.param("rows", FEW_ROWS);
  }

  /** By default with the kernels that users get: only with machine code is int8 worth having. */
  private ChainedOptionsBuilder otherProducts(List<WeightFormat> formats) {
    String usual = InstructionPeak.instructions().length > 0 ? "codegen" : USUAL_KERNELS;
    var options =
        steady(Products.class, settings.only(), usual)
            .param("format", formats.stream().map(WeightFormat::name).toArray(String[]::new));
    return settings.all()
        ? options
        : options.param("shape", Products.BASE.toArray(String[]::new)).param("rows", SOME_ROWS);
  }

  private ChainedOptionsBuilder steady(Class<?> benchmarks, String only) {
    return steady(benchmarks, only, USUAL_KERNELS);
  }

  /** JVMs that are warm before they are measured. */
  private ChainedOptionsBuilder steady(Class<?> benchmarks, String only, String usualKernels) {
    List<String> kernels =
        settings.kernels().isEmpty() ? List.of(usualKernels) : settings.kernels();
    var length = TimeValue.milliseconds(Math.round(settings.seconds() * 1000));
    return new OptionsBuilder()
        .include(pattern(benchmarks, only))
        .param("kernels", kernels.toArray(String[]::new))
        .forks(1)
        .warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(Math.round(Settings.WARM_UP_SECONDS * 1000)))
        .measurementIterations(settings.iterations())
        .measurementTime(length);
  }

  /** As many fresh JVMs as there are iterations. */
  private ChainedOptionsBuilder firstCalls() {
    return new OptionsBuilder()
        .include(pattern(FirstCall.class, settings.only()))
        .mode(Mode.SingleShotTime)
        .forks(settings.iterations())
        .warmupIterations(0)
        .measurementIterations(1);
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

  /** The benchmarks of a class in whose names the expression is found. */
  private static String pattern(Class<?> benchmarks, String only) {
    return "^(?=.*(?:" + only + "))" + Pattern.quote(benchmarks.getName() + ".");
  }
}
