package io.github.modernbert.bench.load;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Asks a server for vectors, and tells how many it makes and how long each request takes. */
public final class Load {
  private static final double NANOS = 1e9;

  private final LoadSettings settings;
  private final LoadTarget target;
  private final LoadResult result = new LoadResult();
  private final long begin = System.nanoTime();
  private final long measuredFrom;
  private final long end;

  private Load(LoadSettings settings, LoadTarget target) {
    this.settings = settings;
    this.target = target;
    this.measuredFrom = begin + (long) (settings.warmUpSeconds() * NANOS);
    this.end = measuredFrom + (long) (settings.seconds() * NANOS);
  }

  /** Runs and prints the report; exit code 1 if a request failed, 2 for wrong usage. */
  public static void main(String[] arguments) throws InterruptedException {
    LoadSettings settings;
    try {
      settings = LoadSettings.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("load: " + e.getMessage());
      System.err.print(LoadSettings.USAGE);
      System.exit(2);
      return;
    }
    LoadResult result = run(settings);
    System.out.print(result.report());
    System.exit(result.errors().isEmpty() && result.requests() > 0 ? 0 : 1);
  }

  static LoadResult run(LoadSettings settings) throws InterruptedException {
    try (var target = new LoadTarget(settings)) {
      var load = new Load(settings, target);
      if (settings.rate().isPresent()) {
        load.openLoop(settings.rate().getAsDouble());
      } else {
        load.closedLoop();
      }
      load.result.took(load.end - load.measuredFrom);
      return load.result;
    }
  }

  private void closedLoop() throws InterruptedException {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < settings.clients(); i++) {
        var texts = new LoadTexts(settings, settings.seed() * 1000 + i);
        clients.submit(() -> {
          do {
            ask(texts.next(), System.nanoTime());
          } while (System.nanoTime() < end);
          return null;
        });
      }
      clients.shutdown();
      clients.awaitTermination(1, TimeUnit.DAYS);
    }
  }

  /**
   * Requests are due at equal distances; one that cannot be sent in time has waited all the same.
   */
  private void openLoop(double rate) throws InterruptedException {
    var texts = new LoadTexts(settings, settings.seed());
    var sent = new AtomicLong();
    try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
      while (true) {
        long due = begin + (long) (sent.getAndIncrement() / rate * NANOS);
        if (due >= end) {
          break;
        }
        long wait = due - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        List<String> next = texts.next();
        requests.submit(() -> {
          ask(next, due);
          return null;
        });
      }
      requests.shutdown();
      requests.awaitTermination(1, TimeUnit.DAYS);
    }
  }

  private void ask(List<String> texts, long from) throws InterruptedException {
    LoadTarget.Answer answer = target.ask(texts);
    long now = System.nanoTime();
    // By its beginning: what began before the end and is answered after it makes up for the
    // reverse.
    if (from >= measuredFrom) {
      result.add(texts.size(), answer, now - from);
    }
  }
}
