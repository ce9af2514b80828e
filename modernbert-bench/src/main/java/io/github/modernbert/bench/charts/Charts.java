package io.github.modernbert.bench.charts;

import io.github.modernbert.bench.charts.Picture.Point;
import io.github.modernbert.bench.charts.Recorded.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Draws the results in {@code docs/results} into {@code docs/images}, and writes their table into
 * {@code docs/PERFORMANCE.md}, so that no number is copied by hand. From a checkout:
 *
 * <pre>{@code
 * modernbert-bench/run chart
 * }</pre>
 *
 * <p>A folder of results is a machine; {@link Recorded} says what is in it. The table goes between
 * the lines {@code <!-- table: FOLDER -->} and {@code <!-- end -->}.
 */
public final class Charts {
  private static final int TOP = 92;
  private static final int ROW = 46;
  private static final int LONGEST_BAR = 170;
  private static final int FIRST_PANEL = 215;
  private static final int SECOND_PANEL = 550;
  private static final int PLOT_WIDTH = 340;
  private static final int PLOT_HEIGHT = 190;
  private static final int FLAG_ROW = 40;
  private static final String END = "<!-- end -->";

  private Charts() {}

  /** Writes pictures and tables of the checkout that {@code modernbert.root} names. */
  public static void main(String[] arguments) throws IOException {
    Path docs = Path.of(System.getProperty("modernbert.root"), "docs");
    Path images = Files.createDirectories(docs.resolve("images"));
    for (Map.Entry<String, String> picture : pictures(docs).entrySet()) {
      Files.writeString(images.resolve(picture.getKey()), picture.getValue());
    }
    Path page = docs.resolve("PERFORMANCE.md");
    Files.writeString(page, withTables(Files.readString(page), docs));
  }

  /** The pictures of all machines, by the names of their files. */
  static Map<String, String> pictures(Path docs) throws IOException {
    var pictures = new LinkedHashMap<String, String>();
    for (Path folder : machines(docs)) {
      Recorded results = Recorded.read(folder);
      String name = folder.getFileName().toString();
      pictures.put("speed-%s.svg".formatted(name), speed(results));
      pictures.put("length-%s.svg".formatted(name), length(results));
      if (!results.flags().isEmpty()) {
        pictures.put("flags-%s.svg".formatted(name), flags(results));
      }
    }
    return pictures;
  }

  /** The page with the tables of all machines between their marks. */
  static String withTables(String page, Path docs) throws IOException {
    String text = page;
    for (Path folder : machines(docs)) {
      String mark = "<!-- table: %s -->".formatted(folder.getFileName());
      int start = text.indexOf(mark);
      int end = text.indexOf(END, Math.max(start, 0));
      if (start < 0 || end < 0) {
        throw new IllegalArgumentException("the page has no %s … %s".formatted(mark, END));
      }
      text =
          text.substring(0, start + mark.length())
              + "\n\n"
              + table(Recorded.read(folder))
              + "\n"
              + text.substring(end);
    }
    return text;
  }

  private static List<Path> machines(Path docs) throws IOException {
    try (Stream<Path> folders = Files.list(docs.resolve("results"))) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static String table(Recorded results) {
    var text =
        new StringBuilder(
            """
            | workload | float32 | best peer | ÷ | int8 | best peer | ÷ |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (Pair exact : results.float32()) {
      text.append("| %s |%s".formatted(exact.words(), cells(exact)));
      of(results.int8(), exact.workload()).forEach(pair -> text.append(cells(pair)));
      text.append('\n');
    }
    return text.toString();
  }

  private static String cells(Pair pair) {
    return String.format(
        Locale.ROOT,
        " %.0f | %.0f (%s) | %.2f |",
        pair.ours(),
        pair.peers(),
        pair.peerName(),
        pair.ratio());
  }

  private static Stream<Pair> of(List<Pair> pairs, String workload) {
    return pairs.stream().filter(pair -> pair.workload().equals(workload));
  }

  /** Bars of all workloads: this library above the fastest of the others. */
  static String speed(Recorded results) {
    var picture = new Picture();
    legend(picture);
    panel(picture, "float32", FIRST_PANEL, results, results.float32());
    panel(picture, "8-bit integers", SECOND_PANEL, results, results.int8());
    for (int i = 0; i < results.float32().size(); i++) {
      picture.text(0, TOP + ROW * i + Picture.BAR + 4, results.float32().get(i).words());
    }
    return picture.svg(
        "Tokens a second, one thread, base model: " + results.machine(),
        "Tokens a second of one thread, beside the best of the others",
        TOP + ROW * results.float32().size());
  }

  private static void panel(
      Picture picture, String title, int x, Recorded results, List<Pair> pairs) {
    picture.text(x, TOP - 16, title);
    double scale = LONGEST_BAR / largest(pairs);
    for (int i = 0; i < results.float32().size(); i++) {
      int y = TOP + ROW * i;
      of(pairs, results.float32().get(i).workload())
          .forEach(pair -> {
            int ours = (int) Math.round(scale * pair.ours());
            int peers = (int) Math.round(scale * pair.peers());
            picture.bar(x, y, ours, Picture.OURS);
            picture.bar(x, y + Picture.BAR + 2, peers, Picture.PEERS);
            picture.text(
                x + ours + 6,
                y + Picture.BAR - 2,
                String.format(Locale.ROOT, "%.0f · %.2f ×", pair.ours(), pair.ratio()));
            picture.text(
                x + peers + 6,
                y + 2 * Picture.BAR,
                String.format(Locale.ROOT, "%.0f", pair.peers()));
          });
    }
  }

  /** Lines of the workloads whose texts have one length: how speed depends on it. */
  static String length(Recorded results) {
    var picture = new Picture();
    legend(picture);
    plot(picture, "float32", 40, results.float32());
    plot(picture, "8-bit integers", 40 + Picture.WIDTH / 2, results.int8());
    return picture.svg(
        "Tokens a second by length of text, one thread: " + results.machine(),
        "Tokens a second of one thread by the length of texts, beside the best of the others",
        TOP + PLOT_HEIGHT + 56);
  }

  private static void plot(Picture picture, String title, int x, List<Pair> pairs) {
    picture.text(x, TOP - 16, title);
    // Of two workloads of a length the one with more texts counts.
    var byLength = new TreeMap<Integer, Pair>();
    for (Pair pair : pairs) {
      String[] parts = pair.workload().split(" × ");
      if (parts.length == 2) {
        byLength.put(Integer.parseInt(parts[1]), pair);
      }
    }
    double scale = (PLOT_HEIGHT - 20) / largest(pairs);
    int bottom = TOP + PLOT_HEIGHT;
    double octaves = log(byLength.lastKey(), byLength.firstKey());
    var ours = new ArrayList<Point>();
    var peers = new ArrayList<Point>();
    byLength.forEach((length, pair) -> {
      int at = x + (int) Math.round(PLOT_WIDTH * log(length, byLength.firstKey()) / octaves);
      int upper = bottom - (int) Math.round(scale * pair.ours());
      int lower = bottom - (int) Math.round(scale * pair.peers());
      ours.add(new Point(at, upper));
      peers.add(new Point(at, lower));
      picture.centred(at, upper - 8, String.format(Locale.ROOT, "%.0f", pair.ours()));
      picture.centred(at, lower + 18, String.format(Locale.ROOT, "%.0f", pair.peers()));
      picture.centred(at, bottom + 32, Integer.toString(length));
    });
    picture.centred(x + PLOT_WIDTH / 2, bottom + 50, "tokens of a text");
    picture.line(peers, Picture.PEERS);
    picture.line(ours, Picture.OURS);
  }

  private static double log(int length, int first) {
    return Math.log((double) length / first);
  }

  /** Bars of the bundled model by the flags of its JVM. */
  static String flags(Recorded results) {
    var picture = new Picture();
    double scale =
        (Picture.WIDTH - 80)
            / results.flags().values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    int y = 44;
    for (Map.Entry<String, Double> row : results.flags().entrySet()) {
      int width = (int) Math.round(scale * row.getValue());
      picture.text(0, y, row.getKey());
      picture.bar(0, y + 6, width, Picture.OURS);
      picture.text(
          width + 6, y + 5 + Picture.BAR, String.format(Locale.ROOT, "%.0f", row.getValue()));
      y += FLAG_ROW;
    }
    return picture.svg(
        "Tokens a second by flags, one thread, bundled model: " + results.machine(),
        "Tokens a second of one thread by the flags of the JVM",
        y);
  }

  private static void legend(Picture picture) {
    picture.bar(0, 34, 24, Picture.OURS);
    picture.text(32, 45, "this library");
    picture.bar(130, 34, 24, Picture.PEERS);
    picture.text(162, 45, "the best of ONNX Runtime and OpenVINO");
  }

  private static double largest(List<Pair> pairs) {
    return pairs.stream().mapToDouble(pair -> Math.max(pair.ours(), pair.peers())).max().orElse(1);
  }
}
