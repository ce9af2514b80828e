package io.github.modernbert.bench.charts;

import java.util.List;
import java.util.Locale;

/**
 * An SVG picture that is built from top to bottom. Its colours are readable on light and on dark
 * pages, since a picture in a page does not know the page's theme.
 */
final class Picture {
  /** The colour of this library. */
  static final String OURS = "#2f81f7";

  /** The colour of the fastest of the others. */
  static final String PEERS = "#9198a1";

  static final int WIDTH = 860;

  /** The height of a bar. */
  static final int BAR = 13;

  private static final String TEXT = "#768390";

  private final StringBuilder shapes = new StringBuilder();

  /** A corner of a line, in pixels. */
  record Point(int x, int y) {}

  /** Adds a bar that begins at {@code x}. */
  void bar(int x, int y, int width, String colour) {
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n",
        x, y, width, BAR, colour);
  }

  /** Adds text that begins at {@code x}, on the base line {@code y}. */
  void text(int x, int y, String text) {
    add("<text x=\"%d\" y=\"%d\">%s</text>\n", x, y, escaped(text));
  }

  /** Adds text whose middle is at {@code x}. */
  void centred(int x, int y, String text) {
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x, y, escaped(text));
  }

  /** Adds a line through points, with a dot on each. */
  void line(List<Point> points, String colour) {
    var corners = new StringBuilder();
    points.forEach(p -> corners.append(p.x).append(',').append(p.y).append(' '));
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
        corners.toString().strip(), colour);
    points.forEach(
        p -> add("<circle cx=\"%d\" cy=\"%d\" r=\"3\" fill=\"%s\"/>\n", p.x, p.y, colour));
  }

  /**
   * The whole picture.
   *
   * @param title its first line
   * @param description for those who cannot see it
   * @param height in pixels
   */
  String svg(String title, String description, int height) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" \
    font-family="system-ui, sans-serif" font-size="13" fill="%s">
    <title>%s</title>
    <text x="0" y="18" font-size="16" font-weight="600">%s</text>
    """
            .formatted(WIDTH, height, TEXT, escaped(description), escaped(title))
        + shapes
        + "</svg>\n";
  }

  private void add(String pattern, Object... values) {
    shapes.append(String.format(Locale.ROOT, pattern, values));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
