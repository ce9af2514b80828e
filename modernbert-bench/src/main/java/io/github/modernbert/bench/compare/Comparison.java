package io.github.modernbert.bench.compare;

import io.github.modernbert.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs whole models side by side and prints a Markdown report; progress goes to standard error. The
 * arguments are in {@link CompareSettings#USAGE}.
 */
public final class Comparison {
  private final CompareSettings settings;
  private final Launcher launcher;
  private final Path folder;
  private final Map<String, String> contestants = new LinkedHashMap<>();
  private final List<Result> results = new ArrayList<>();

  private Comparison(CompareSettings settings, Path home) throws IOException {
    this.settings = settings;
    folder = CheckpointFolder.of(settings.models(), settings.shape());
    launcher = new Launcher(settings, home, folder);
  }

  /**
   * The command.
   *
   * @param arguments as in {@link CompareSettings#USAGE}
   */
  public static void main(String[] arguments) throws IOException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(CompareSettings.USAGE);
      return;
    }
    Path home = Path.of(System.getProperty("modernbert.bench", "modernbert-bench"));
    CompareSettings settings;
    try {
      settings = CompareSettings.parse(List.of(arguments), home);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(CompareSettings.USAGE);
      System.exit(2);
      return;
    }
    var machine = Machine.describe();
    var comparison = new Comparison(settings, home);
    comparison.run();
    var report =
        new ComparisonReport(machine, settings, comparison.contestants, comparison.results);
    System.out.print(report.markdown());
    if (settings.json() != null) {
      Files.writeString(settings.json(), report.json());
    }
  }

  private void run() throws IOException {
    try {
      launcher.export();
    } catch (PeerFailure e) {
      progress("no files for peers: " + e.getMessage());
    }
    for (int threads : settings.threads()) {
      try (var contest = contest(threads)) {
        for (Workload workload : Workload.all()) {
          if (settings.only().matcher(workload.name()).find()) {
            List<Result> some = contest.run(workload);
            results.addAll(some);
            progress(ComparisonReport.table(workload, some));
          }
        }
      }
    }
  }

  private Contest contest(int threads) throws IOException {
    var ours = new LocalContestant(() -> new Ours(folder, threads, settings.kernels()));
    remember(Result.OURS, ours, "");
    var contest = new Contest(threads, settings.rounds(), ours, Comparison::progress);
    for (Peer peer : Peer.values()) {
      if (settings.peers().matcher(peer.title()).find()) {
        try {
          Contestant contestant = launcher.start(peer, threads);
          Agreement agreement = contest.admit(peer, contestant);
          remember(peer.title(), contestant, "; " + agreement);
        } catch (PeerFailure e) {
          contestants.put(peer.title(), "left out: " + e.getMessage());
          progress(peer.title() + " is left out: " + e.getMessage());
        }
      }
    }
    return contest;
  }

  private void remember(String name, Contestant contestant, String agreement) {
    var versions = new ArrayList<String>();
    contestant.versions().forEach((software, version) -> versions.add(software + " " + version));
    String facts = String.join(", ", versions) + "; " + contestant.settings() + agreement;
    contestants.merge(name, facts, (one, other) -> one.equals(other) ? one : one + "<br>" + other);
    progress(name + ": " + facts);
  }

  private static void progress(String line) {
    System.err.println(line);
  }
}
