package io.github.modernbert.fuzz;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets an area read many inputs. Each is made of the seed and its number alone, so that it can be
 * made again. Findings of one kind, those that end in the same places of our code, are kept once.
 */
final class Fuzzer {
  /**
   * The time after which an input counts as one that hangs, if it passes twice: once may be a
   * computer that slept. The slowest valid input takes some hundredths of a second.
   */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int FRAMES = 3;
  private static final long REPORT_NANOS = Duration.ofMinutes(1).toNanos();

  private final Area area;
  private final Settings settings;
  private final Map<String, String> findings = new TreeMap<>();
  private long taken;
  private long refused;

  Fuzzer(Area area, Settings settings) {
    this.area = area;
    this.settings = settings;
  }

  /** The counts of inputs taken and refused, and the findings. */
  record Result(long taken, long refused, Map<String, String> findings) {}

  Result run() {
    long reported = System.nanoTime();
    var executor = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    for (long index = settings.first(); index < settings.first() + settings.count(); index++) {
      Area.Input input = area.input(random(settings.seed(), index));
      var thread = new Thread[1];
      var attempt =
          executor.submit(() -> {
            thread[0] = Thread.currentThread();
            input.use().run();
            return null;
          });
      try {
        await(attempt);
        taken++;
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (Verdict.isRefusal(cause)) {
          refused++;
        } else {
          keep(index, input, kind(cause), stack(cause));
        }
      } catch (TimeoutException e) {
        String frames =
            Stream.of(thread[0].getStackTrace())
                .map(String::valueOf)
                .collect(Collectors.joining("\n"));
        keep(index, input, "hangs", frames);
        executor.shutdownNow();
        executor = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (System.nanoTime() - reported > REPORT_NANOS) {
        reported = System.nanoTime();
        System.out.println("fuzz " + area.name() + ": " + summary());
      }
    }
    executor.shutdown();
    System.out.printf(
        "fuzz %s, seed %d from %d: %s%n",
        area.name(), settings.seed(), settings.first(), summary());
    return new Result(taken, refused, findings);
  }

  /** Mixes twice: else an input would have the numbers of the one before, shifted by one. */
  private static SplittableRandom random(long seed, long index) {
    return new SplittableRandom(new SplittableRandom(seed + index).nextLong());
  }

  private static void await(Future<?> attempt)
      throws ExecutionException, TimeoutException, InterruptedException {
    try {
      attempt.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      attempt.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private String summary() {
    return "%d taken, %d refused, %d kinds of findings".formatted(taken, refused, findings.size());
  }

  private void keep(long index, Area.Input input, String kind, String stack) {
    if (findings.containsKey(kind)) {
      return;
    }
    String again =
        "-Pfuzz -Dfuzz.area=%s -Dfuzz.seed=%d -Dfuzz.first=%d -Dfuzz.count=1"
            .formatted(area.name(), settings.seed(), index);
    String text = "%s%n%s%n%n%s%n".formatted(again, input.what(), stack);
    findings.put(kind, text);
    try {
      Files.createDirectories(settings.findings());
      String name = "%s-%d-%d".formatted(area.name(), settings.seed(), index);
      Files.write(settings.findings().resolve(name + ".bin"), input.bytes());
      Path report = settings.findings().resolve(name + ".txt");
      Files.writeString(report, text);
      System.out.println("fuzz finding: " + kind + ", see " + report);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The exception and where in our code it came from. */
  private static String kind(Throwable e) {
    return e.getClass().getName()
        + Arrays.stream(e.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("io.github.modernbert."))
            .limit(FRAMES)
            .map(frame -> " < " + frame.getFileName() + ":" + frame.getLineNumber())
            .collect(Collectors.joining());
  }

  private static String stack(Throwable e) {
    var text = new StringWriter();
    e.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
