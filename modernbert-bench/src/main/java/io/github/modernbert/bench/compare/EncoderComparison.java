package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.Median;
import io.github.modernbert.bench.RunEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Compares ModernBERT in this library with encoders of other families in the runtimes that people
 * use for them on a CPU, as the ModernBERT paper does on a GPU (Warner et al. 2024, table 2):
 *
 * <pre>{@code
 * modernbert-bench/run encoders --python venv/bin/python --threads all
 * }</pre>
 *
 * <p>All models are of one size class and have generated weights, see {@code encoders.py}. Each is
 * loaded in each runtime, one process at a time; the report names its fastest runtime for each
 * workload. Before each measurement of a peer ours is measured on the same workload, so that both
 * see the same state of the machine; ratios are medians of these pairs.
 */
public final class EncoderComparison {
  private static final String USAGE =
      """
      usage: modernbert-bench/run encoders --python FILE [OPTION ...]
        --python FILE        a Python with the packages of src/main/python/requirements.txt
        --shape base|large   size class of all encoders (default base)
        --threads N|all      threads of all (default 1)
        --rounds N           pairs of measurements (default 2)
        --only REGEX         workloads whose name matches somewhere, such as '512'
        --peers REGEX        encoders whose name matches somewhere, such as 'bert' ('' for all)
        --models DIR         where checkpoints are kept (default modernbert-bench/target/models)
      """;

  private static final List<String> RUNTIMES = List.of("openvino", "onnxruntime-python", "torch");
  private static final int SHORT_POSITIONS = 512;

  /** A runtime below this share of its family's fastest on the first workload runs no other. */
  private static final double HOPELESS = 0.6;

  private static final double WARM_UP_SECONDS = 10;
  private static final double MEGABYTE = 1e6;

  /** An encoder of another family, with the most positions its checkpoints have. */
  private record Family(String name, int positions) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family("bert", SHORT_POSITIONS),
          new Family("roberta", SHORT_POSITIONS),
          new Family("deberta-v3", SHORT_POSITIONS),
          new Family("nomic-bert", 8192),
          new Family("gte-en", 8192));

  /**
   * One workload of one encoder in one runtime.
   *
   * @param seconds of its runs
   * @param ours seconds of our run before each of them
   * @param loaded the memory of its process before the first workload
   * @param peak the most memory of its process until the end of this workload
   */
  private record Pairs(
      Family family,
      String runtime,
      Workload workload,
      List<Double> seconds,
      List<Double> ours,
      Memory loaded,
      Memory peak) {
    double tokensPerSecond() {
      return workload.tokens() / Median.of(seconds);
    }

    double ratio() {
      var ratios = new ArrayList<Double>();
      for (int i = 0; i < seconds.size(); i++) {
        ratios.add(seconds.get(i) / ours.get(i));
      }
      return Median.of(ratios);
    }
  }

  private final CompareSettings settings;
  private final Launcher launcher;
  private final Path models;
  private final Path folder;
  private final List<Workload> workloads;
  private final List<Pairs> pairs = new ArrayList<>();
  private final Map<String, Memory> ourPeaks = new LinkedHashMap<>();

  private EncoderComparison(CompareSettings settings, Path home) throws IOException {
    this.settings = settings;
    folder = CheckpointFolder.of(settings.models(), settings.shape());
    launcher = new Launcher(settings, home, folder);
    models = settings.models().resolve("encoders");
    workloads =
        Workload.encoders().stream().filter(w -> settings.only().matcher(w.name()).find()).toList();
  }

  /**
   * The command.
   *
   * @param arguments as the usage says
   */
  public static void main(String[] arguments) throws IOException {
    Path home = Path.of(System.getProperty("modernbert.bench", "modernbert-bench"));
    var all = new ArrayList<>(List.of(arguments));
    if (!all.contains("--peers")) {
      all.addAll(List.of("--peers", ""));
    }
    var settings = CompareSettings.ofCommand(all, home, USAGE);
    if (settings.isPresent()) {
      new EncoderComparison(settings.get(), home).run();
    }
  }

  private void run() throws IOException {
    int threads = settings.threads().getFirst();
    Files.createDirectories(models);
    String shape = settings.shape().name().toLowerCase(Locale.ROOT);
    launcher.runScript("encoders", models.toString(), shape);
    try (Contestant ours = launcher.startOurs(threads)) {
      ours.prepare(Workload.check().texts(), Batching.OWN.batches(Workload.check().texts()));
      for (double seconds = 0; seconds < WARM_UP_SECONDS; ) {
        seconds += ours.run(1)[0];
      }
      Memory loaded = ours.memory();
      for (Family family : FAMILIES) {
        if (settings.peers().matcher(family.name()).find()) {
          measure(family, models.resolve(shape).resolve(family.name()), ours, threads);
        }
      }
      print(ours, loaded, threads);
    }
  }

  /** Measures a family in all runtimes; what does not work or disagrees with the first is out. */
  private void measure(Family family, Path model, Contestant ours, int threads) throws IOException {
    List<float[]> expected = null;
    for (String runtime : RUNTIMES) {
      try (Contestant peer = launcher.startPython(runtime, model, threads)) {
        List<float[]> vectors = vectors(peer);
        if (expected == null) {
          expected = vectors;
        }
        Agreement.of(expected, vectors).demand(Peer.Precision.FP32);
        Memory loaded = peer.memory();
        for (Workload workload : workloads) {
          if (workload.longestText() <= family.positions()) {
            Pairs result = measure(family, runtime, workload, peer, ours, loaded);
            pairs.add(result);
            double best = fastest(family, workload).orElse(result).tokensPerSecond();
            if (result.tokensPerSecond() < HOPELESS * best) {
              break;
            }
          }
        }
      } catch (PeerFailure e) {
        progress("%s in %s is left out: %s".formatted(family.name(), runtime, e.getMessage()));
      }
    }
  }

  private static List<float[]> vectors(Contestant peer) {
    List<int[]> texts = Workload.check().texts();
    peer.prepare(texts, Batching.SORTED.batches(texts));
    peer.run(1);
    return List.of(peer.vectors());
  }

  private Pairs measure(
      Family family,
      String runtime,
      Workload workload,
      Contestant peer,
      Contestant ours,
      Memory loaded) {
    var seconds = new ArrayList<Double>();
    var own = new ArrayList<Double>();
    ours.prepare(workload.texts(), Batching.OWN.batches(workload.texts()));
    peer.prepare(workload.texts(), Batching.SORTED.batches(workload.texts()));
    for (int round = 0; round < settings.rounds(); round++) {
      own.add(ours.run(1)[0]);
      seconds.add(peer.run(1)[0]);
    }
    ourPeaks.putIfAbsent(workload.name(), ours.memory());
    var result = new Pairs(family, runtime, workload, seconds, own, loaded, peer.memory());
    progress(
        String.format(
            Locale.ROOT,
            "%s: %s in %s: %.0f tokens/s, ours ÷ it %.2f",
            workload.name(),
            family.name(),
            runtime,
            result.tokensPerSecond(),
            result.ratio()));
    return result;
  }

  private void print(Contestant ours, Memory loaded, int threads) {
    var text = new StringBuilder("| | |\n| --- | --- |\n");
    RunEnvironment.describe()
        .forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, value)));
    text.append("| ours | %s |\n".formatted(ours.settings()));
    for (Workload workload : workloads) {
      text.append("\n**%s**, threads: %d\n\n".formatted(workload.name(), threads))
          .append("| encoder | fastest runtime | tokens/s | ours ÷ it | MB before | most MB |\n")
          .append("| --- | --- | ---: | ---: | ---: | ---: |\n");
      List<Pairs> fastest =
          FAMILIES.stream()
              .map(family -> fastest(family, workload))
              .flatMap(Optional::stream)
              .toList();
      List<Double> own = fastest.stream().flatMap(p -> p.ours().stream()).toList();
      if (own.isEmpty()) {
        continue;
      }
      text.append(
          row(
              "ModernBERT",
              "ours",
              workload.tokens() / Median.of(own),
              1,
              loaded,
              Objects.requireNonNull(ourPeaks.get(workload.name()))));
      for (Pairs p : fastest) {
        text.append(
            row(
                p.family().name(),
                p.runtime(),
                p.tokensPerSecond(),
                p.ratio(),
                p.loaded(),
                p.peak()));
      }
    }
    System.out.print(text);
  }

  private static String row(
      String encoder, String runtime, double rate, double ratio, Memory loaded, Memory peak) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.0f | %.2f | %.0f | %.0f |%n",
        encoder,
        runtime,
        rate,
        ratio,
        loaded.resident() / MEGABYTE,
        peak.peak() / MEGABYTE);
  }

  private Optional<Pairs> fastest(Family family, Workload workload) {
    return pairs.stream()
        .filter(p -> p.family().equals(family) && p.workload().equals(workload))
        .max(Comparator.comparing(Pairs::tokensPerSecond));
  }

  private static void progress(String line) {
    System.err.println(line);
  }
}
