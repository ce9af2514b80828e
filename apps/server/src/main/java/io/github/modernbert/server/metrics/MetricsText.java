package io.github.modernbert.server.metrics;

/** The text format of Prometheus, version 0.0.4. */
final class MetricsText {
  private final StringBuilder text = new StringBuilder(16 * 1024);

  void family(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  void sample(String name, String labels, double value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(number(value)).append('\n');
  }

  /** Digits, without a fraction where there is none. */
  static String number(double value) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
    return isWhole ? Long.toString((long) value) : Double.toString(value);
  }

  /** A label with its value. */
  static String label(String name, String value) {
    return name
        + "=\""
        + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + '"';
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
