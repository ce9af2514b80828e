package io.github.modernbert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws the first table of {@code docs/PERFORMANCE.md} as bars, {@code docs/images/speed.svg}. From
 * a checkout:
 *
 * <pre>{@code
 * modernbert-bench/run chart
 * }</pre>
 *
 * <p>Colours are readable on light and on dark pages, since a picture in a page does not know the
 * page's theme.
 */
final class SpeedChart {
  /** The line of the page after which the table stands. */
  private static final String MARK = "<!-- chart -->";

  private static final int WIDTH = 860;
  private static final int TOP = 92;
  private static final int ROW = 46;
  private static final int BAR = 13;
  private static final int LONGEST_BAR = 190;
  private static final String TEXT = "#768390";
  private static final String OURS = "#2f81f7";
  private static final String PEERS = "#9198a1";

  /**
   * A group of bars that share a scale.
   *
   * @param x where bars begin
   * @param column the column of the table with our rates, followed by the peer's and the ratio
   */
  private record Panel(String title, int x, int column) {}

  private static final List<Panel> PANELS =
      List.of(new Panel("float32", 190, 1), new Panel("8-bit integers", 535, 4));

  private SpeedChart() {}

  /** Writes the chart of the checkout that {@code modernbert.root} names. */
  public static void main(String[] arguments) throws IOException {
    Path docs = Path.of(System.getProperty("modernbert.root"), "docs");
    Files.writeString(
        docs.resolve("images/speed.svg"), draw(Files.readString(docs.resolve("PERFORMANCE.md"))));
  }

  /**
   * Draws the table of a page.
   *
   * @param page Markdown with the mark before a table
   * @return the picture as SVG
   */
  static String draw(String page) {
    List<List<String>> rows = rows(page);
    int height = TOP + ROW * rows.size();
    var svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" \
            font-family="system-ui, sans-serif" font-size="13" fill="%s">
            <title>Tokens a second of one thread, beside the best of ONNX Runtime and OpenVINO</title>
            <text x="0" y="18" font-size="16" font-weight="600">Tokens a second, one thread, base model</text>
            """,
            WIDTH,
            height,
            TEXT));
    bar(svg, 0, 34, 24, OURS);
    text(svg, 32, 45, "this library");
    bar(svg, 130, 34, 24, PEERS);
    text(svg, 162, 45, "the best of ONNX Runtime and OpenVINO");
    for (Panel panel : PANELS) {
      text(svg, panel.x, TOP - 16, panel.title);
    }
    for (int i = 0; i < rows.size(); i++) {
      int y = TOP + ROW * i;
      text(svg, 0, y + BAR + 4, rows.get(i).getFirst());
      for (Panel panel : PANELS) {
        double longest =
            rows.stream().mapToDouble(row -> number(row, panel.column)).max().orElse(1);
        rates(svg, panel, y, rows.get(i), longest);
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private static void rates(
      StringBuilder svg, Panel panel, int y, List<String> row, double longest) {
    double ours = number(row, panel.column);
    double peers = number(row, panel.column + 1);
    int oursWidth = (int) Math.round(LONGEST_BAR * ours / longest);
    int peersWidth = (int) Math.round(LONGEST_BAR * peers / longest);
    bar(svg, panel.x, y, oursWidth, OURS);
    bar(svg, panel.x, y + BAR + 2, peersWidth, PEERS);
    text(
        svg,
        panel.x + oursWidth + 6,
        y + BAR - 2,
        String.format(Locale.ROOT, "%.0f · %s ×", ours, row.get(panel.column + 2)));
    text(svg, panel.x + peersWidth + 6, y + 2 * BAR, String.format(Locale.ROOT, "%.0f", peers));
  }

  private static void bar(StringBuilder svg, int x, int y, int width, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n",
            x,
            y,
            width,
            BAR,
            colour));
  }

  private static void text(StringBuilder svg, int x, int y, String text) {
    svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">%s</text>\n", x, y, text));
  }

  private static double number(List<String> row, int column) {
    return Double.parseDouble(row.get(column));
  }

  /** The cells of the table's rows, without its head. */
  private static List<List<String>> rows(String page) {
    int mark = page.indexOf(MARK);
    if (mark < 0) {
      throw new IllegalArgumentException("the page has no " + MARK);
    }
    var rows = new ArrayList<List<String>>();
    page.substring(mark + MARK.length())
        .lines()
        .dropWhile(String::isBlank)
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .forEach(line -> rows.add(List.of(line.substring(1).strip().split("\\s*\\|\\s*"))));
    return rows;
  }
}
