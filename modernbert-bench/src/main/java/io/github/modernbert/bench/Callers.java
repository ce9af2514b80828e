package io.github.modernbert.bench;

import io.github.modernbert.KernelChoice;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.Precision;
import io.github.modernbert.TextEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures many threads that embed one text at a time with one model, each beginning the next call
 * when the last has ended, beside one call with all of the texts. From a checkout:
 *
 * <pre>{@code
 * modernbert-bench/run callers --seconds 10 --threads 2
 * }</pre>
 *
 * <p>Each line: how many callers, how long their texts are, texts and tokens a second, the time of
 * half and of 99 % of the calls, tokens for each second of a processor's time, which other work on
 * the machine changes less; both rates in relation to the one call. Both are measured by turns, and
 * each number is the median of its turns.
 */
public final class Callers {
  private static final String USAGE =
      """
      modernbert-bench/run callers [options]
        --model FOLDER    instead of the bundled model
        --callers LIST    how many threads call, default 1,8,32,128
        --threads N       how many threads the model has, default all processors
        --kernels NAME    default auto
        --precision NAME  float32 or int8, default float32
        --seconds N       how long each line is measured, half of it one call, default 5
        --virtual         callers are virtual threads
      """;

  private static final int SHORT = 16;
  private static final int LONGEST = 512;
  private static final long NANOS = 1_000_000_000;

  /** How long one call, and then all callers, are measured before it is the other's turn. */
  private static final long ROUND = NANOS / 2;

  /** The arguments of the command line. */
  private record Arguments(
      @Nullable String model, int[] callers, LoadOptions options, int seconds, boolean isVirtual) {
    static Arguments parse(String[] arguments) {
      String model = null;
      int[] callers = {1, 8, 32, 128};
      LoadOptions options = LoadOptions.defaults();
      int seconds = 5;
      boolean isVirtual = false;
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--model" -> model = arguments[++i];
          case "--callers" ->
              callers = Stream.of(arguments[++i].split(",")).mapToInt(Integer::parseInt).toArray();
          case "--threads" -> options = options.threads(Integer.parseInt(arguments[++i]));
          case "--kernels" -> options = options.kernels(KernelChoice.of(arguments[++i]));
          case "--precision" -> options = options.precision(Precision.of(arguments[++i]));
          case "--seconds" -> seconds = Integer.parseInt(arguments[++i]);
          case "--virtual" -> isVirtual = true;
          default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
        }
      }
      return new Arguments(model, callers, options, seconds, isVirtual);
    }
  }

  private final Arguments arguments;
  private final TextEmbedder embedder;

  private Callers(Arguments arguments, TextEmbedder embedder) {
    this.arguments = arguments;
    this.embedder = embedder;
  }

  /**
   * The command.
   *
   * @param arguments as {@code --help} says
   */
  public static void main(String[] arguments) throws InterruptedException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    Arguments parsed = Arguments.parse(arguments);
    try (var embedder =
        parsed.model() == null
            ? TextEmbedder.bundled(parsed.options())
            : TextEmbedder.load(parsed.model(), parsed.options())) {
      new Callers(parsed, embedder).run();
    }
  }

  private void run() throws InterruptedException {
    System.out.printf(
        Locale.ROOT, "%s, %d threads%n%n", embedder.kernels(), arguments.options().threads());
    System.out.println(
        "| callers | tokens | texts/s | tokens/s | of one call | p50 ms | p99 ms | tokens/CPU s |"
            + " of one call |");
    System.out.println("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (int callers : arguments.callers()) {
      measure(callers, "16", texts(callers, _ -> SHORT));
      measure(
          callers,
          "log-normal",
          texts(
              callers,
              random -> (int) Math.clamp(Math.exp(4 + 0.9 * random.nextGaussian()), 4, LONGEST)));
    }
  }

  /** How many tokens a text has. */
  private interface Length {
    int next(Random random);
  }

  private List<String> texts(int count, Length length) {
    var random = new Random(1);
    String[] words = "the baker sold warm bread while rain fell on quiet streets".split(" ");
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      int wanted = length.next(random);
      var text = new StringBuilder(words[random.nextInt(words.length)]);
      while (tokens(text.toString()) < wanted) {
        text.append(' ').append(words[random.nextInt(words.length)]);
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private int tokens(String text) {
    return embedder.tokenizer().count(text, true);
  }

  /** One call with all texts and all callers by turns, so that both find the same machine. */
  private void measure(int callers, String lengths, List<String> texts)
      throws InterruptedException {
    double tokensPerText = texts.stream().mapToLong(this::tokens).sum() / (double) texts.size();
    callTogether(texts, NANOS);
    callEach(texts, NANOS);
    var rounds = new ArrayList<Round>();
    for (int i = 0; i < arguments.seconds() * NANOS / (2 * ROUND); i++) {
      Calls together = callTogether(texts, ROUND);
      rounds.add(new Round(together, callEach(texts, ROUND), texts.size()));
    }
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | %.1f | %.0f | %.2f | %.2f | %.2f | %.0f | %.2f |%n",
        callers,
        lengths,
        median(rounds, round -> round.each().perSecond()),
        median(rounds, round -> round.each().perSecond() * tokensPerText),
        median(rounds, Round::ofOneCall),
        median(rounds, round -> round.each().quantile(0.5)),
        median(rounds, round -> round.each().quantile(0.99)),
        median(rounds, round -> round.each().perProcessorSecond() * tokensPerText),
        median(rounds, Round::ofOneCallPerProcessor));
  }

  /** Measurements of both, taken in turn. */
  private record Round(Calls together, Calls each, int texts) {
    double ofOneCall() {
      return each.perSecond() / together.perSecond() / texts;
    }

    double ofOneCallPerProcessor() {
      return each.perProcessorSecond() / together.perProcessorSecond() / texts;
    }
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** One call after the other with all texts. */
  private Calls callTogether(List<String> texts, long nanoseconds) {
    var times = new ArrayList<Long>();
    long processor = processorTime();
    long begin = System.nanoTime();
    long end = begin + nanoseconds;
    for (long now = begin; now < end; ) {
      embedder.embed(texts);
      long then = now;
      now = System.nanoTime();
      times.add(now - then);
    }
    return Calls.of(List.of(times), System.nanoTime() - begin, processorTime() - processor);
  }

  /** Time that all processors have spent on this process, in nanoseconds. */
  private static long processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  /**
   * Calls that were measured.
   *
   * @param times of each call, ascending, in nanoseconds
   * @param seconds how long it took
   * @param processorSeconds how much time of processors it took
   */
  private record Calls(long[] times, double seconds, double processorSeconds) {
    static Calls of(List<? extends List<Long>> times, long nanoseconds, long processorNanoseconds) {
      long[] all = times.stream().flatMap(List::stream).mapToLong(time -> time).sorted().toArray();
      return new Calls(all, nanoseconds / 1e9, processorNanoseconds / 1e9);
    }

    double perSecond() {
      return times.length / seconds;
    }

    double perProcessorSecond() {
      return times.length / processorSeconds;
    }

    double quantile(double part) {
      return times[(int) Math.min(times.length - 1, part * times.length)] / 1e6;
    }
  }

  private Calls callEach(List<String> texts, long nanoseconds) throws InterruptedException {
    ThreadFactory factory =
        arguments.isVirtual() ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
    var start = new CountDownLatch(1);
    var times = new ArrayList<List<Long>>();
    var threads = new ArrayList<Thread>();
    long processor = processorTime();
    long begin = System.nanoTime();
    long end = begin + nanoseconds;
    for (String text : texts) {
      var own = new ArrayList<Long>();
      times.add(own);
      Thread thread =
          factory.newThread(() -> {
            await(start);
            for (long now = System.nanoTime(); now < end; ) {
              embedder.embed(text);
              long then = now;
              now = System.nanoTime();
              own.add(now - then);
            }
          });
      threads.add(thread);
      thread.start();
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return Calls.of(times, System.nanoTime() - begin, processorTime() - processor);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
