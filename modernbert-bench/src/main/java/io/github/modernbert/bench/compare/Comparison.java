package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.RunEnvironment;
import io.github.modernbert.config.ModernBertConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs whole models side by side and prints a Markdown report; progress goes to standard error. The
 * arguments are in {@link CompareSettings#USAGE}.
 */
public final class Comparison implements Contest.Listener {
  private static final String PRODUCTS = "products";
  private static final String START_UP = "start-up";

  private static final double WARM_UP_SECONDS = 2;

  /** The seconds that C2 needs for everything that happens in a model. */
  private static final double COMPILER_SECONDS = 10;

  private final CompareSettings settings;
  private final Launcher launcher;
  private final Path folder;
  private final Map<String, String> facts = RunEnvironment.describe();
  private final List<Result> results = new ArrayList<>();
  private final List<ProductResult> products = new ArrayList<>();
  private final List<StartUp> startUps = new ArrayList<>();
  private double peak;

  private Comparison(CompareSettings settings, Path home) throws IOException {
    this.settings = settings;
    facts.put("shape", settings.shape() + ", generated weights");
    facts.put("rounds", Integer.toString(settings.rounds()));
    folder = CheckpointFolder.of(settings.models(), settings.shape());
    launcher = new Launcher(settings, home, folder);
  }

  /**
   * The command.
   *
   * @param arguments as in {@link CompareSettings#USAGE}
   */
  public static void main(String[] arguments) throws IOException {
    Path home = Path.of(System.getProperty("modernbert.bench", "modernbert-bench"));
    var given = CompareSettings.ofCommand(List.of(arguments), home, CompareSettings.USAGE);
    if (given.isEmpty()) {
      return;
    }
    CompareSettings settings = given.get();
    ComparisonReport report = new Comparison(settings, home).run();
    System.out.print(report.markdown());
    if (settings.json() != null) {
      Files.writeString(settings.json(), report.json());
    }
  }

  private ComparisonReport run() throws IOException {
    try {
      launcher.export();
    } catch (PeerFailure e) {
      progress("no files for peers: " + e.getMessage());
    }
    peak = launcher.peak();
    for (int threads : settings.threads()) {
      contests(threads);
    }
    if (settings.only().matcher(PRODUCTS).find() && peers().contains(Peer.ONNXRUNTIME)) {
      attempt(
          Peer.ONNXRUNTIME,
          () -> {
            try (var contest = launcher.startProducts()) {
              products.addAll(contest.run());
            }
          });
    }
    if (settings.only().matcher(START_UP).find()) {
      startUps();
    }
    peak = Math.max(peak, launcher.peak());
    return report();
  }

  private void contests(int threads) throws IOException {
    List<Workload> workloads =
        Workload.all().stream().filter(w -> settings.only().matcher(w.name()).find()).toList();
    if (workloads.isEmpty()) {
      return;
    }
    try (var contest = contest(threads)) {
      for (Workload workload : workloads) {
        List<Result> some = contest.run(workload);
        results.addAll(some);
        progress(report().table(some));
      }
    }
  }

  private ComparisonReport report() {
    return new ComparisonReport(facts, peak, results, products, startUps);
  }

  private Contest contest(int threads) throws IOException {
    var ours =
        new LocalContestant(() -> new Ours(folder, Ours.options(settings.kernels(), threads)));
    remember(Result.OURS, ours, "");
    warmUp(ours);
    var flops = new ModelFlops(ModernBertConfig.read(folder));
    var contest =
        new Contest(
            threads, new Contest.Pace(settings.rounds(), WARM_UP_SECONDS), flops, ours, this);
    for (Peer peer : peers()) {
      attempt(
          peer,
          () -> {
            Contestant contestant = launcher.start(peer, threads);
            Agreement agreement = contest.admit(peer, contestant);
            remember(peer.title(), contestant, "; " + agreement);
          });
    }
    return contest;
  }

  private static void warmUp(Contestant ours) {
    List<int[]> texts = Workload.check().texts();
    ours.prepare(texts, Batching.OWN.batches(texts));
    for (double seconds = 0; seconds < COMPILER_SECONDS; ) {
      seconds += ours.run(1)[0];
    }
  }

  private void startUps() throws IOException {
    int threads = settings.threads().getFirst();
    startUps.add(StartUp.measure(Result.OURS, () -> launcher.startOurs(threads), true));
    for (Peer peer : peers()) {
      attempt(
          peer,
          () ->
              startUps.add(
                  StartUp.measure(peer.title(), () -> launcher.start(peer, threads), false)));
    }
  }

  private List<Peer> peers() {
    return Stream.of(Peer.values())
        .filter(peer -> settings.peers().matcher(peer.title()).find())
        .toList();
  }

  /** Something that a peer may fail at. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Peer peer, Attempt attempt) throws IOException {
    try {
      attempt.run();
    } catch (PeerFailure e) {
      leftOut(peer.title(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void leftOut(String who, String why) {
    String line = "left out: " + why;
    facts.merge(who, line, (one, other) -> one + "<br>" + other);
    progress(who + ": " + line);
  }

  private void remember(String name, Contestant contestant, String agreement) {
    var versions = new ArrayList<String>();
    contestant.versions().forEach((software, version) -> versions.add(software + " " + version));
    String about = String.join(", ", versions) + "; " + contestant.settings() + agreement;
    facts.merge(name, about, (one, other) -> one + "<br>" + other);
    progress(name + ": " + about);
  }

  @Override
  public void progress(String line) {
    System.err.println(line);
  }
}
