package io.github.modernbert.bench.soak;

import io.github.modernbert.EmbedOptions;
import io.github.modernbert.Embedding;
import io.github.modernbert.LoadOptions;
import io.github.modernbert.TextEmbedder;
import io.github.modernbert.bench.compare.Memory;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Loads and closes the bundled model again and again, calls it from many threads, interrupts calls,
 * abandons streams, calls it from its own callbacks, closes it while it is used, and lets a million
 * texts pass through a stream. From a checkout:
 *
 * <pre>{@code
 * modernbert-bench/run soak
 * modernbert-bench/run soak --loads 200 --threads 64 --calls 50 --texts 0
 * MODERNBERT_JAVA_OPTIONS=-Xmx40m modernbert-bench/run soak --loads 0 --calls 0 --texts 1000000
 * }</pre>
 *
 * <p>A line for each part of which there is anything to do: calls, how many ended otherwise than
 * they should, and what is left at its end: resident memory, the heap after a collection, threads.
 * Exit code 1 if a call ended as it should not, or a vector has other bits.
 */
public final class Soak {
  private static final List<String> TEXTS =
      List.of("", "Where is the bakery?", "ab ".repeat(300), "Größe ".repeat(60));

  private static final List<String> SHORT_TEXTS =
      IntStream.range(0, 10).mapToObj(i -> "a word ".repeat(i + 1)).toList();

  /** Streams compute groups of batches, which are to be short here. */
  private static final LoadOptions OPTIONS = LoadOptions.defaults().threads(4).tokenBudget(64);

  private final PrintStream out;
  private final int loads;
  private final int threads;
  private final int calls;
  private final int texts;
  private final List<float[]> expected = new ArrayList<>();
  private final AtomicLong wrong = new AtomicLong();

  /**
   * @param loads how often the model is loaded and closed
   * @param threads that call it at the same time
   * @param calls of each thread
   * @param texts that pass through one stream
   */
  Soak(PrintStream out, int loads, int threads, int calls, int texts) {
    this.out = out;
    this.loads = loads;
    this.threads = threads;
    this.calls = calls;
    this.texts = texts;
  }

  /** The command: {@code --loads N}, {@code --threads N}, {@code --calls N}, {@code --texts N}. */
  public static void main(String[] arguments) throws InterruptedException {
    var soak =
        new Soak(
            System.out,
            option(arguments, "--loads", 200),
            option(arguments, "--threads", 64),
            option(arguments, "--calls", 50),
            option(arguments, "--texts", 1_000_000));
    System.exit(soak.run() == 0 ? 0 : 1);
  }

  private static int option(String[] arguments, String name, int usual) {
    int at = Arrays.asList(arguments).indexOf(name);
    return at < 0 ? usual : Integer.parseInt(arguments[at + 1]);
  }

  /** The action that a thread does again and again. */
  @FunctionalInterface
  private interface Call {
    void run(int number) throws InterruptedException;
  }

  /**
   * Runs all parts.
   *
   * @return how many calls ended as they should not
   */
  long run() throws InterruptedException {
    out.println("| part | calls | wrong | resident MiB | heap MiB | threads |");
    out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
    try (var embedder = TextEmbedder.bundled()) {
      TEXTS.forEach(text -> expected.add(embedder.embed(text)));
    }
    report("begin", 0, 0);
    if (loads > 0) {
      loadsAndCloses();
    }
    if (calls > 0) {
      try (var embedder = TextEmbedder.bundled(OPTIONS)) {
        part("many threads", embedder, this::embed);
        part("re-entrant calls", embedder, this::embedFromCallback);
        part("interrupts", embedder, this::embedInterrupted);
        part("abandoned streams", embedder, this::abandonStream);
        part("many threads again", embedder, this::embed);
      }
      closedWhileUsed();
    }
    if (texts > 0) {
      longStream();
    }
    return wrong.get();
  }

  private void loadsAndCloses() {
    int step = Math.max(1, loads / 4);
    for (int done = 1; done <= loads; done++) {
      try (var embedder = TextEmbedder.bundled(OPTIONS)) {
        embed(embedder, done);
      }
      if (done % step == 0) {
        report("loads and closes", done, wrong.get());
      }
    }
  }

  /** A use of a model that many threads make. */
  @FunctionalInterface
  private interface Use {
    void of(TextEmbedder embedder, int number);
  }

  private void part(String name, TextEmbedder embedder, Use use) throws InterruptedException {
    long before = wrong.get();
    inThreads(number -> use.of(embedder, number));
    report(name, (long) threads * calls, wrong.get() - before);
  }

  private void inThreads(Call call) throws InterruptedException {
    var all = new ArrayList<Thread>();
    for (int t = 0; t < threads; t++) {
      int first = t;
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < calls; i++) {
                  attempt(call, first + i);
                }
              }));
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  private void attempt(Call call, int number) {
    try {
      call.run(number);
    } catch (Throwable e) {
      wrong(e);
    }
  }

  private void wrong(Throwable e) {
    if (wrong.incrementAndGet() == 1) {
      e.printStackTrace(out);
    }
  }

  private void embed(TextEmbedder embedder, int number) {
    int text = number % TEXTS.size();
    check(text, embedder.embed(TEXTS.get(text)));
  }

  private void check(int text, float[] vector) {
    if (!Arrays.equals(expected.get(text), vector)) {
      throw new AssertionError("other bits than alone: " + TEXTS.get(text));
    }
  }

  private void embedFromCallback(TextEmbedder embedder, int number) {
    EmbedOptions options =
        EmbedOptions.defaults().progress(progress -> embed(embedder, number + 1));
    int text = number % TEXTS.size();
    check(text, embedder.embed(List.of(TEXTS.get(text)), options).vector(0));
  }

  private void embedInterrupted(TextEmbedder embedder, int number) {
    Thread caller = Thread.currentThread();
    Thread other = Thread.ofVirtual().start(caller::interrupt);
    try {
      embed(embedder, number);
    } catch (CancellationException e) {
      if (!caller.isInterrupted()) {
        wrong(new AssertionError("the interrupted flag is lost", e));
      }
    } finally {
      while (other.isAlive()) {
        Thread.onSpinWait();
      }
      Thread.interrupted();
    }
  }

  /** Takes two of many vectors, and does not close the stream. */
  private void abandonStream(TextEmbedder embedder, int number) {
    Stream<String> texts = Stream.iterate(0, i -> i + 1).map(i -> "text " + (i + number));
    var vectors = embedder.embed(texts, EmbedOptions.defaults()).iterator();
    vectors.next();
    vectors.next();
  }

  /** Calls end normally, or with the exception that a closed model has. */
  private void closedWhileUsed() throws InterruptedException {
    long before = wrong.get();
    var refused = new AtomicLong();
    int rounds = Math.max(1, calls / 10);
    for (int round = 0; round < rounds; round++) {
      var embedder = TextEmbedder.bundled(OPTIONS);
      var begun = new CountDownLatch(threads);
      Thread closer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  begun.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                embedder.close();
              });
      inThreads(number -> {
        begun.countDown();
        try {
          embed(embedder, number);
        } catch (IllegalStateException e) {
          refused.incrementAndGet();
        }
      });
      closer.join();
    }
    String name = "closed while used, %d refused".formatted(refused.get());
    report(name, (long) rounds * threads * calls, wrong.get() - before);
  }

  /** The heap holds some batches, however many texts there are. */
  private void longStream() {
    long before = wrong.get();
    var passed = new AtomicLong();
    try (var embedder = TextEmbedder.bundled()) {
      List<float[]> usual = SHORT_TEXTS.stream().map(embedder::embed).toList();
      Stream<String> all =
          IntStream.range(0, texts).mapToObj(i -> SHORT_TEXTS.get(i % SHORT_TEXTS.size()));
      try (Stream<Embedding> vectors = embedder.embed(all, EmbedOptions.defaults())) {
        vectors.forEachOrdered(embedding -> {
          int text = (int) (passed.getAndIncrement() % SHORT_TEXTS.size());
          if (!Arrays.equals(usual.get(text), embedding.vector())) {
            wrong(new AssertionError("other bits than alone: " + SHORT_TEXTS.get(text)));
          }
        });
      }
    }
    if (passed.get() != texts) {
      wrong(new AssertionError("%d of %d texts came".formatted(passed.get(), texts)));
    }
    report("one stream", passed.get(), wrong.get() - before);
  }

  private void report(String name, long count, long wrongs) {
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    out.printf(
        Locale.ROOT,
        "| %s | %,d | %,d | %,d | %,d | %d |%n",
        name,
        count,
        wrongs,
        Memory.own().resident() >> 20,
        jvm.totalMemory() - jvm.freeMemory() >> 20,
        Thread.getAllStackTraces().size());
  }
}
